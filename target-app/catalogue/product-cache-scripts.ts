/**
 * What Redis runs as one step. An entry is `<version>:<JSON>`, what is cached as JSON;
 * a tombstone is `<version>:` alone. Times are Redis's own: the clocks of its clients play no part.
 */
const shared = `
  local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
  end
  local function version_of(entry)
    return tonumber(string.match(entry or '', '^(%d+):')) or -1
  end
`;

/** Key: the entry's. Returns the entry and the time, as text: a Lua number would lose its digits. */
export const readScript = `${shared}
  return { redis.call('GET', KEYS[1]), string.format('%.0f', now()) }
`;

/**
 * Key: the entry's. Arguments: version, entry, its life in ms, when the miss was read, how long a fill may take.
 * A fill that was held up on its way may arrive when the tombstone against it is long gone: hence the last two.
 */
export const fillScript = `${shared}
  local age = now() - tonumber(ARGV[4])
  if age < 0 or age > tonumber(ARGV[5]) then return 0 end
  if version_of(redis.call('GET', KEYS[1])) > tonumber(ARGV[1]) then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
`;

/** Key: the entry's. Arguments: version, the tombstone's life in ms. An entry of that version may stay. */
export const tombstoneScript = `${shared}
  if version_of(redis.call('GET', KEYS[1])) >= tonumber(ARGV[1]) then return 0 end
  redis.call('SET', KEYS[1], ARGV[1] .. ':', 'PX', ARGV[2])
  return 1
`;
