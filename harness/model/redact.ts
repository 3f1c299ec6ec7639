import type { System } from "./system.ts";

const mask = "***";

/**
 * What gives a secret away, and what of it may stay: the password of a URL, a token of an Authorization header, the value
 * of a name that says what it is, and keys that are known by their form. Repetitions are bounded, so that a long line
 * costs no more than its length.
 */
const givingAway: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/"']{0,200}:)[^\s@"']{1,500}(?=@)/gi, `$1${mask}`],
  // A word that is no token ("basic authentication") has neither a digit nor a sign in it.
  [/\b(Bearer|Basic) +(?=[^\s"']{0,100}[\d_=])[\w.~+/=-]{6,}/gi, `$1 ${mask}`],
  [
    /([\w-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)s?\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)(?!\*)[^\s"'\\,;&})\]]{3,}/gi,
    `$1${mask}`,
  ],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}/g, mask],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bxox[abpr]-[\w-]{10,}|\bsk[-_][\w-]{16,}/g, mask],
];

/** Texts in which no secret may stand any more, whoever wrote them. @param known secrets that are known word for word */
export function redact(text: string, known: readonly string[] = []): string {
  let redacted = text;
  for (const secret of known) redacted = redacted.replaceAll(secret, mask);
  for (const [pattern, rest] of givingAway) redacted = redacted.replace(pattern, rest);
  return redacted;
}

/** For `JSON.stringify`: every text in it redacted, and what stands under a name that says that it is secret. */
export function redacting(known: readonly string[] = []): (name: string, value: unknown) => unknown {
  return (name, value) => {
    if (typeof value !== "string") return value;
    return isSecretName(name) ? mask : redact(value, known);
  };
}

/** The secrets in a system's settings, variables of services among them, by names that say so; shorter ones are hardly secret. */
export function secretsOf({ components }: System): readonly string[] {
  return Object.values(components).flatMap(({ settings }) => secretsIn(settings));
}

function secretsIn(settings: object): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) return secretsIn(value);
    return isSecretName(name) && typeof value === "string" && value.length >= 6 ? [value] : [];
  });
}

const isSecretName = (name: string): boolean =>
  /passw(or)?d|passphrase|secret|token$|api_?key|access_?key|private_?key/i.test(name);
