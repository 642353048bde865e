-- Walks over the paths /r0/x .. /rN-1/x in a scattered order, each formatted once; prints figures.lua's line.
-- wrk ... -s paths.lua URL -- N
local requests, at = {}, 0

function init(args)
  local count = tonumber(args[1])
  for i = 0, count - 1 do
    -- 7919 is prime and no factor of a round count: every path once, neighbours far apart.
    requests[i + 1] = wrk.format("GET", "/r" .. (i * 7919 % count) .. "/x")
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("figures %d %d %d %d %d %d\n",
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
