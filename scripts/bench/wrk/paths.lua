-- Asks for routes /r0/** to /rN-1/** in a scattered order; prints figures.lua's line. wrk -s paths.lua URL -- N
-- The client does the same work for every N: always as many requests made beforehand, all of one length. (With fewer
-- or shorter ones it would be faster, and a proxy that is kept busier batches better.)
local REQUESTS, PATH_LENGTH = 10000, 16
local requests, at = {}, 0

function init(args)
  local routes = tonumber(args[1])
  for i = 0, REQUESTS - 1 do
    -- 7919 is a prime that divides no round number: every route equally often, neighbours far apart.
    local path = "/r" .. (i * 7919 % REQUESTS % routes) .. "/"
    requests[i + 1] = wrk.format("GET", path .. string.rep("x", PATH_LENGTH - #path))
  end
end

function request()
  at = at % REQUESTS + 1
  return requests[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("figures %d %d %d %d %d %d\n",
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
