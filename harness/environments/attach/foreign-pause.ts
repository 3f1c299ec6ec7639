import type { InstanceState, PauseControl } from "../../model/capabilities.ts";
import type { UndoStep } from "../../model/undo.ts";

/** What is not ours: it may be made to stand still, and nothing else. */
export abstract class ForeignPause implements PauseControl {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  abstract pause(): Promise<void>;
  abstract resume(): Promise<void>;
  abstract undoPause(): readonly UndoStep[];
  abstract state(): Promise<InstanceState>;
  /** How many processes it has. */
  abstract processes(): Promise<number>;

  /** It has the quota that its owner gave it: out of a group of ours, a process would not be in the one that it came from. */
  setQuota(): Promise<boolean> {
    return Promise.resolve(false);
  }

  liftQuota(): Promise<void> {
    return Promise.resolve();
  }

  undoQuota(): readonly never[] {
    return [];
  }

  quota(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
