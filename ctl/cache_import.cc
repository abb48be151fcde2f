// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "ctl/print_answer.h"
#include "ctl/progress.h"
#include "ctl/read_input.h"

namespace ctl {
namespace {

constexpr std::size_t kPoliciesPerCommand = 64;
constexpr std::size_t kBytesPerCommand = 256 * 1024;
constexpr std::size_t kMaxPolicy = 512 * 1024;            // 64 KiB of body with every byte escaped
constexpr std::size_t kMaxImport = std::size_t{2} << 30;  // twice what a full cache holds by default
constexpr std::size_t kLookups = 16;                      // at once; the daemon serves 32 connections

/// Lines with their numbers; without blanks at their ends, empty ones and comments.
struct Line {
    std::size_t number;
    std::string_view text;
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        constexpr std::string_view kBlank = " \t\r";
        while (!line.empty() && kBlank.find(line.front()) != std::string_view::npos)
            line.remove_prefix(1);
        while (!line.empty() && kBlank.find(line.back()) != std::string_view::npos)
            line.remove_suffix(1);
        if (!line.empty() && line.front() != '#') out.push_back({number, line});
    }
    return out;
}

void complain(const std::string& what) {
    std::fprintf(stderr, "mta-stsctl: %s\n", printable(what).c_str());
}

void print_totals(const Invocation& invocation, const Json& totals) {
    if (invocation.json) {
        std::printf("%s\n", totals.dump().c_str());
    } else {
        print_tree(totals);
    }
}

/// The daemon judges each policy; here are only batches and sums.
class PolicyImport {
  public:
    explicit PolicyImport(const Invocation& invocation) : client_(invocation.settings.control.socket) {}

    void add(const Line& line) {
        Json policy = line.text.size() > kMaxPolicy ? Json() : Json::parse(line.text, nullptr, false);
        if (!policy.is_object()) {
            complain("line " + std::to_string(line.number) + " is no policy");
            ++invalid_;
            return;
        }
        batch_.push_back(std::move(policy));
        bytes_ += line.text.size();
        if (batch_.size() >= kPoliciesPerCommand || bytes_ >= kBytesPerCommand) send();
    }
    Json finish() {
        if (!batch_.empty()) send();
        totals_["invalid"] = totals_["invalid"].get<std::uint64_t>() + invalid_;
        return totals_;
    }

  private:
    void send() {
        const Json last = client_.run({{"command", "cache-import"}, {"policies", std::move(batch_)}},
                                      [](const Json& line) { complain(line.value("error", "")); });
        if (last.value("status", "") != "ok")
            throw std::runtime_error(last.value("error", "no reason given"));
        for (auto& [name, count] : totals_.items())
            count = count.get<std::uint64_t>() + last.value(name, std::uint64_t{0});
        batch_ = Json::array();
        bytes_ = 0;
    }

    ControlClient client_;
    Json batch_ = Json::array();
    std::size_t bytes_ = 0;
    std::uint64_t invalid_ = 0;
    Json totals_ = {{"taken", 0}, {"known", 0}, {"expired", 0}, {"no_room", 0}, {"invalid", 0}};
};

int import_policies(const Invocation& invocation, const std::vector<Line>& lines) {
    PolicyImport import(invocation);
    Json totals;
    {
        Progress progress(lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            import.add(lines[i]);
            progress.set(i + 1);
        }
        totals = import.finish();
    }
    print_totals(invocation, totals);
    return totals["no_room"] == 0 && totals["invalid"] == 0 ? kFine : kFoundWrong;
}

/// Looks domains up, several at once: a thread waits for each.
class WarmUp {
  public:
    WarmUp(const Invocation& invocation, const std::vector<Line>& lines)
        : socket_(invocation.settings.control.socket), lines_(lines), progress_(lines.size()) {}

    void run() {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < std::min(kLookups, lines_.size()); ++i)
            threads.emplace_back([this] { work(); });
        for (std::thread& thread : threads)
            thread.join();
        if (!broken_.empty()) throw std::runtime_error(broken_);
    }
    Json totals() const {
        return {{"policies", policies_}, {"no_policy", none_}, {"known", known_}, {"invalid", invalid_}};
    }
    bool fine() const { return invalid_ == 0; }

  private:
    void work() {
        try {
            ControlClient client(socket_);
            for (std::size_t i = 0; (i = next_++) < lines_.size();) {
                const std::string domain(lines_[i].text);
                count(client.run({{"command", "warm"}, {"domain", domain}}, [](const Json&) {}));
            }
        } catch (const std::exception& error) {
            const std::lock_guard lock(mutex_);
            broken_ = error.what();
        }
    }
    void count(const Json& answer) {
        const std::lock_guard lock(mutex_);
        progress_.set(++done_);
        if (answer.value("status", "") != "ok") {
            ++invalid_;
            complain(answer.value("error", ""));
        } else if (answer.value("known", false)) {
            ++known_;
        } else {
            ++(answer.contains("mode") ? policies_ : none_);
        }
    }

    const std::string socket_;
    const std::vector<Line>& lines_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;  // guards all below
    Progress progress_;
    std::size_t done_ = 0;
    std::uint64_t policies_ = 0, none_ = 0, known_ = 0, invalid_ = 0;
    std::string broken_;
};

int warm_up(const Invocation& invocation, const std::vector<Line>& lines) {
    Json totals;
    bool fine = false;
    {
        WarmUp work(invocation, lines);
        work.run();
        totals = work.totals();
        fine = work.fine();
    }
    print_totals(invocation, totals);
    return fine ? kFine : kFoundWrong;
}

}  // namespace

int cache_import(const Invocation& invocation) {
    const std::string text = read_input(invocation.arguments[0], kMaxImport);
    const std::vector<Line> lines = lines_of(text);
    if (lines.empty())
        throw std::runtime_error(input_name(invocation.arguments[0]) + ": there is nothing in it");
    return lines[0].text.front() == '{' ? import_policies(invocation, lines) : warm_up(invocation, lines);
}

}  // namespace ctl
