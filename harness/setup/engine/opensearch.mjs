import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, cp, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall, hindrance, isRoot } from "../apt.mjs";
import { cacheFolder, inWorkplace } from "../cache-folder.mjs";
import { execute } from "../execute.mjs";
import { onPath } from "../programs.mjs";

// A real OpenSearch of one node, from its jars as Maven has them: for that a JDK with Maven is enough, and no image needed.

const sources = join(import.meta.dirname, "opensearch");
/** What it is made with: Debian has them in two packages. */
const programs = ["java", "javac", "jar", "jlink", "mvn"];
const packages = ["default-jdk-headless", "maven"];
/** What OpenSearch uses of Java; of its languages Thai, which has no spaces, and without which no analyser is made. */
const modules =
  "java.base,java.desktop,java.logging,java.management,java.naming,java.sql,java.xml,jdk.localedata,jdk.unsupported,jdk.management";
const locales = "en,th";

const missing = () => programs.filter((program) => onPath(program) === undefined);

/** Why it can't be made on this machine as it is. @returns {string | undefined} */
export function whyNoOpenSearch() {
  const [first] = missing();
  return first === undefined ? undefined : `there is no ${first} on the PATH`;
}

/** Gets what it is made with, where that may be done unasked. @param {AbortSignal} signal */
export async function installJava(signal) {
  if (missing().length > 0 && isRoot() && hindrance("apt-get") === undefined) await aptInstall(packages, signal);
}

/** Another source, other jars. */
export const openSearchKey = () => {
  const hash = createHash("sha256");
  for (const name of ["pom.xml", "SearchNode.java", "log4j2.properties"])
    hash.update(readFileSync(join(sources, name)));
  return hash.digest("hex").slice(0, 12);
};

/**
 * Its jars, with one that starts it; got and compiled once, and whole as soon as they are there.
 * @param {AbortSignal} signal
 * @returns {Promise<string>} their folder
 */
export async function openSearchJars(signal) {
  const jars = join(cacheFolder(), `opensearch-${openSearchKey()}`);
  if (existsSync(jars)) return jars;
  await inWorkplace(cacheFolder(), "opensearch", async (folder) => {
    await cp(sources, folder, { recursive: true });
    const made = join(folder, "jars");
    const options = { cwd: folder, signal, deadlineMs: 300_000 };
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${made}`];
    await execute("mvn", ["-B", "-q", ...goal], options);
    await execute("javac", ["-proc:none", "-cp", `${made}/*`, "-d", "classes", "SearchNode.java"], options);
    await execute("jar", ["--create", "--file", join(made, "search-node.jar"), "-C", "classes", "."], options);
    await copyFile(join(sources, "log4j2.properties"), join(made, "log4j2.properties"));
    // Another one may have been faster; its folder is as good.
    await rename(made, jars).catch((error) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  });
  return jars;
}

/**
 * What its image is built from: a Java that has what it needs and no more, the jars, and how it starts.
 * @param {string} folder an empty one
 * @param {AbortSignal} signal
 */
export async function openSearchContext(folder, signal) {
  const home = join(folder, "opensearch");
  await mkdir(home, { recursive: true });
  const options = [
    "--strip-java-debug-attributes",
    "--no-header-files",
    "--no-man-pages",
    `--include-locales=${locales}`,
  ];
  const link = [...options, "--add-modules", modules, "--output", join(home, "jdk")];
  await execute("jlink", link, { deadlineMs: 120_000, signal });
  await cp(await openSearchJars(signal), join(home, "lib"), { recursive: true });
  await rename(join(home, "lib", "log4j2.properties"), join(home, "log4j2.properties"));
  await copyFile(join(sources, "entrypoint.sh"), join(home, "entrypoint.sh"));
}

/** The classes that a start loads are kept ready: with them it takes half the time. So it is started once, for a while. */
export const openSearchRecipe = [
  "COPY opensearch /usr/share/opensearch",
  "WORKDIR /usr/share/opensearch",
  "RUN mkdir data logs && chown opensearch:opensearch . data logs && chmod 755 entrypoint.sh && jdk/bin/java -Xshare:dump -Xlog:disable",
  "USER opensearch",
  "RUN OPENSEARCH_JAVA_OPTS='-Xms256m -Xmx256m -XX:TieredStopAtLevel=1 -XX:ArchiveClassesAtExit=unfinished.jsa' env discovery.type=single-node timeout --preserve-status 15 ./entrypoint.sh; rm -rf data/* logs/* && mv unfinished.jsa classes.jsa",
  'ENTRYPOINT ["/usr/share/opensearch/entrypoint.sh"]',
];
