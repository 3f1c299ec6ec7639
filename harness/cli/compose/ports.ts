/**
 * The port inside the container of `8080:80`, `127.0.0.1:8080:80/tcp`, `3000-3005`, `80`; of a range the first.
 * @returns `udp` for one that is none of TCP; undefined for what is no port
 */
export function containerPort(text: string): number | "udp" | undefined {
  const [, port, protocol = "tcp"] = /^(?:.*:)?(\d{1,5})(?:-\d{1,5})?(?:\/(\w+))?$/.exec(text.trim()) ?? [];
  if (protocol !== "tcp") return "udp";
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535 ? Number(port) : undefined;
}

/** Where a health check asks its own container over HTTP. @param test a command, as a text or as a list of words */
export function healthOf(test: unknown): { readonly port?: number; readonly path: string } | undefined {
  const command = Array.isArray(test)
    ? test.map((word) => String(word)).join(" ")
    : typeof test === "string"
      ? test
      : "";
  const asked = /(https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}))?(\/[\w./~%?=&+-]*)?/g;
  for (const [, scheme, port, path] of command.matchAll(asked)) {
    if (scheme === undefined && path === undefined) continue;
    return { ...(port === undefined ? {} : { port: Number(port) }), path: path ?? "/" };
  }
  return undefined;
}
