// The depth-first pass keeps its own stack: a chain of dependencies may be as long as the universe.
#include "solve/greedy.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace pith::solve {
namespace {

// What all trials together may mark; then equal providers are taken by name. Real requests stay far below.
constexpr std::size_t most_tried = 200'000;

class Pass {
public:
    Pass(Candidates& candidates, const std::vector<pkg::Relation>& conflicts)
        : m_candidates(candidates), m_forbidden(conflicts) {}

    // Marks without looking at dependencies; false if it cannot stand beside what is marked.
    bool mark(Candidate candidate) {
        if (is(candidate, State::marked)) return true;
        if (is(candidate, State::discarded) || clashes(candidate)) return false;
        note(candidate, true);
        return true;
    }
    // Marks all that the candidate needs; on failure everything marked on the way is taken back.
    bool mark_dependencies(Candidate candidate);

    [[nodiscard]] std::vector<Candidate> marked() const { return m_trail; }

private:
    enum class State : std::uint8_t { unknown, marked, discarded };
    // A marked package whose dependencies are being met, up to `group`; `solutions` are those of that group,
    // from `next` on not yet tried.
    struct Frame {
        Candidate candidate;
        std::size_t trail;  // how long the trail was before this package
        std::size_t group = 0;
        std::vector<Candidate> solutions{};
        std::size_t next = 0;
    };

    [[nodiscard]] bool is(Candidate candidate, State state) const {
        return candidate < m_states.size() && m_states[candidate] == state;
    }
    void set(Candidate candidate, State state) {
        if (candidate >= m_states.size()) m_states.resize(candidate + 1, State::unknown);
        m_states[candidate] = state;
    }
    [[nodiscard]] const pkg::Alternatives* group_of(const Frame& frame) const {
        const auto& package = m_candidates[frame.candidate].package;
        auto first = package.pre_depends.size();
        if (frame.group < first) return &package.pre_depends[frame.group];
        return frame.group - first < package.depends.size() ? &package.depends[frame.group - first] : nullptr;
    }

    bool clashes(Candidate candidate) const;
    void note(Candidate candidate, bool marked);
    void discard(Candidate candidate);
    void undo(std::size_t trail);
    std::size_t cost(Candidate candidate);
    void order_equals(std::vector<Candidate>& solutions, const pkg::Alternatives& group);
    bool advance(Frame& frame, std::vector<Frame>& stack);

    Candidates& m_candidates;
    const std::vector<pkg::Relation>& m_forbidden;
    std::vector<State> m_states;
    std::vector<Candidate> m_trail;      // the marked ones, in order
    std::vector<Candidate> m_discarded;  // in order
    bool m_trying = false;               // to see what a provider would add
    std::size_t m_tried = 0;             // packages marked in trials
    // The marked packages by the names they bear or provide, and by the names they conflict with.
    std::unordered_map<std::string, std::vector<Candidate>> m_bearing, m_conflicting;
};

template <class Visit>
void each_conflict(const pkg::Package& package, Visit visit) {
    for (const auto* relations : {&package.conflicts, &package.breaks})
        for (const auto& relation : *relations) visit(relation);
}

template <class Visit>
void each_name(const pkg::Package& package, Visit visit) {
    visit(package.name);
    for (const auto& provide : package.provides)
        if (provide.name != package.name) visit(provide.name);
}

bool Pass::clashes(Candidate candidate) const {
    const auto& entry = m_candidates[candidate];
    if (entry.stand_in != StandIn::no) return false;
    auto at = [](const auto& map, const std::string& name) {
        auto found = map.find(name);
        return found == map.end() ? std::vector<Candidate>{} : found->second;
    };
    for (const auto& relation : m_forbidden)
        if (m_candidates.matches(candidate, relation)) return true;
    for (auto other : at(m_bearing, entry.package.name))
        if (m_candidates[other].package.name == entry.package.name && m_candidates[other].stand_in == StandIn::no)
            return true;
    bool clash = false;
    auto conflicts = [&](Candidate from, Candidate with, const pkg::Relation& relation) {
        clash = clash ||
                (from != with && m_candidates[with].stand_in == StandIn::no && m_candidates.matches(with, relation));
    };
    each_conflict(entry.package, [&](const pkg::Relation& relation) {
        for (auto other : at(m_bearing, relation.name)) conflicts(candidate, other, relation);
    });
    each_name(entry.package, [&](const std::string& name) {
        for (auto other : at(m_conflicting, name))
            each_conflict(m_candidates[other].package, [&](const pkg::Relation& relation) {
                if (relation.name == name) conflicts(other, candidate, relation);
            });
    });
    return clash;
}

void Pass::note(Candidate candidate, bool marked) {
    const auto& package = m_candidates[candidate].package;
    auto change = [&](auto& map, const std::string& name) {
        auto& list = map[name];
        if (marked)
            list.push_back(candidate);
        else
            std::erase(list, candidate);
    };
    each_name(package, [&](const std::string& name) { change(m_bearing, name); });
    each_conflict(package, [&](const pkg::Relation& relation) { change(m_conflicting, relation.name); });
    set(candidate, marked ? State::marked : State::unknown);
    if (marked) m_trail.push_back(candidate);
    if (marked && m_trying) ++m_tried;
}

void Pass::undo(std::size_t trail) {
    while (m_trail.size() > trail) {
        auto candidate = m_trail.back();
        m_trail.pop_back();
        note(candidate, false);
    }
}

void Pass::discard(Candidate candidate) {
    set(candidate, State::discarded);
    m_discarded.push_back(candidate);
}

// How many packages the candidate would add now; more than any if it does not work out. Leaves no trace.
std::size_t Pass::cost(Candidate candidate) {
    auto trail = m_trail.size(), discarded = m_discarded.size();
    auto added = std::numeric_limits<std::size_t>::max();
    if (mark(candidate) && mark_dependencies(candidate)) added = m_trail.size() - trail;
    undo(trail);
    for (; m_discarded.size() > discarded; m_discarded.pop_back()) set(m_discarded.back(), State::unknown);
    return added;
}

// Sorts each run of solutions of the same rank by what they would add. A trial itself takes such runs by name,
// so the work stays within a trial for each provider.
void Pass::order_equals(std::vector<Candidate>& solutions, const pkg::Alternatives& group) {
    auto name = [&](Candidate c) -> const std::string& { return m_candidates[c].package.name; };
    for (auto first = solutions.begin(); first != solutions.end();) {
        auto last = std::find_if(first + 1, solutions.end(), [&](Candidate c) {
            return m_candidates.rank(c, group) != m_candidates.rank(*first, group) || name(c) == name(*first);
        });
        if (last - first > 1) {
            std::unordered_map<Candidate, std::size_t> costs;
            m_trying = true;
            for (auto it = first; it != last; ++it) costs[*it] = cost(*it);
            m_trying = false;
            std::stable_sort(first, last, [&](Candidate a, Candidate b) { return costs[a] < costs[b]; });
        }
        first = last;
    }
}

// Takes the next solution of the frame's open group onto the stack. False if none is left.
bool Pass::advance(Frame& frame, std::vector<Frame>& stack) {
    while (frame.next < frame.solutions.size()) {
        auto solution = frame.solutions[frame.next++];
        auto before = m_trail.size();
        if (!mark(solution)) continue;
        stack.push_back({solution, before});  // ends the life of `frame`
        return true;
    }
    return false;
}

bool Pass::mark_dependencies(Candidate root) {
    std::vector<Frame> stack{{root, m_trail.size()}};
    while (!stack.empty()) {
        auto& frame = stack.back();
        const auto* group = group_of(frame);
        if (!group) {
            stack.pop_back();
            if (!stack.empty()) {
                ++stack.back().group;
                stack.back().next = 0;
            }
            continue;
        }
        if (frame.next == 0) {
            frame.solutions = m_candidates.satisfying(frame.candidate, *group, Versions::newest);
            auto met = [&](Candidate c) { return is(c, State::marked); };
            if (std::any_of(frame.solutions.begin(), frame.solutions.end(), met)) {
                ++frame.group;
                continue;
            }
            if (!m_trying && m_tried < most_tried) order_equals(frame.solutions, *group);
        }
        if (advance(frame, stack)) continue;
        undo(frame.trail);
        discard(frame.candidate);
        stack.pop_back();
        if (stack.empty()) return false;
    }
    return true;
}

}  // namespace

Greedy choose_greedily(Candidates& candidates, const std::vector<std::vector<Candidate>>& asked,
                       const std::vector<pkg::Relation>& conflicts) {
    Pass pass(candidates, conflicts);
    Greedy greedy{.complete = true};
    // What leaves no choice between packages goes first: it may meet a request that does.
    auto name = [&](Candidate c) -> const std::string& { return candidates[c].package.name; };
    std::vector<Candidate> taken;
    for (bool with_choice : {false, true})
        for (const auto& choices : asked) {
            bool has_choice = std::ranges::any_of(choices, [&](auto c) { return name(c) != name(choices.front()); });
            bool met = std::ranges::any_of(choices, [&](auto c) { return std::ranges::find(taken, c) != taken.end(); });
            if (has_choice != with_choice || met) continue;
            taken.push_back(choices.front());
            greedy.complete = pass.mark(choices.front()) && greedy.complete;
        }
    for (auto candidate : taken)
        if (greedy.complete) greedy.complete = pass.mark_dependencies(candidate);
    greedy.chosen = pass.marked();
    return greedy;
}

}  // namespace pith::solve
