-- SPDX-License-Identifier: GPL-2.0-or-later
-- For tests: prints which frames match each of the display filters that are its arguments.

for number, filter in ipairs({...}) do
    local frames = {}
    local tap = Listener.new("frame", filter)

    function tap.packet(pinfo)
        frames[#frames + 1] = pinfo.number
    end

    function tap.draw()
        print("matches", number, table.concat(frames, " "))
    end
end
