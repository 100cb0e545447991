// What a long step tells about itself while it runs. The command line draws it on a terminal;
// everywhere else the default does nothing. Implementations are called from several threads.
#pragma once

#include <cstdint>
#include <string_view>

namespace pith {

class Progress {
public:
    virtual ~Progress() = default;
    // A step begins; `total` in the unit of the step (bytes or items), 0 if it is not known.
    virtual void begin(std::string_view /*step*/, std::uint64_t /*total*/) {}
    virtual void advance(std::uint64_t /*amount*/) {}
    virtual void end() {}
    // Something the user should know although the work goes on.
    virtual void note(std::string_view /*text*/) {}
};

}  // namespace pith
