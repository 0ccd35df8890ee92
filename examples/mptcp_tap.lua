-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- A Lua tap on the fields of the MPTCP plugin. It adds up packets and payload by connection, subflow
-- and sender, and prints a tab-separated line for each subflow.
--
-- Usage: tshark -2 -q -X lua_script:examples/mptcp_tap.lua -r FILE
--
-- Use -2: in one pass, a join whose connection is not certain yet has no mptcp.conn and is not
-- counted.

local conn = Field.new("mptcp.conn")
local subflow = Field.new("mptcp.subflow")
local from_client = Field.new("mptcp.from_client")
local payload = Field.new("mptcp.payload")

local subflows = {} -- by "CONN.SUBFLOW"

local function entry(number, index)
    local name = number .. "." .. index
    if subflows[name] == nil then
        subflows[name] = {conn = number, subflow = index,
                          packets = {client = 0, server = 0}, payload = {client = 0, server = 0}}
    end
    return subflows[name]
end

local tap = Listener.new("frame", "mptcp_conn")

function tap.packet()
    -- A frame may have several segments, for example in a tunnel. Each field then occurs as often.
    local conns, indexes = {conn()}, {subflow()}
    local senders, sizes = {from_client()}, {payload()}
    for position, number in ipairs(conns) do
        local counted = entry(number.value, indexes[position].value)
        local sender = senders[position].value and "client" or "server"
        counted.packets[sender] = counted.packets[sender] + 1
        counted.payload[sender] = counted.payload[sender] + sizes[position].value
    end
end

function tap.draw()
    local rows = {}
    for _, row in pairs(subflows) do
        rows[#rows + 1] = row
    end
    table.sort(rows, function(a, b)
        return a.conn < b.conn or (a.conn == b.conn and a.subflow < b.subflow)
    end)
    print("conn\tsubflow\tpackets C>S\tpackets S>C\tpayload C>S\tpayload S>C")
    for _, row in ipairs(rows) do
        print(string.format("%d\t%d\t%d\t%d\t%d\t%d", row.conn, row.subflow, row.packets.client,
                            row.packets.server, row.payload.client, row.payload.server))
    end
end

function tap.reset()
    subflows = {}
end
