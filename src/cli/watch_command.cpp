// meshcheck watch --proxy-status: one look after another at the proxies of a cluster, until too
// many are stale for too long, the time is up, or somebody ends it.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/duration.h"
#include "cli/live_client.h"
#include "cli/live_input.h"
#include "cli/live_take.h"
#include "cli/output.h"
#include "cli/watch_looks.h"
#include "live/istiods.h"
#include "meshcheck/drift.h"
#include "report/terminal.h"

namespace meshcheck::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kShortest{5};
constexpr std::size_t kMostListed = 20;

struct WatchPlan {
  milliseconds interval{seconds(15)};
  milliseconds duration{0};  // 0: until somebody ends it
  std::int64_t percent = 0;
  seconds limit{0};
  bool json = false;
};

std::optional<Error> read_number(const char* flag, const std::string& text, std::int64_t most,
                                 std::int64_t& number) {
  if (text.empty()) return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0 &&
      number <= most) {
    return std::nullopt;
  }
  return fail(flag, fmt::format("`{}` is no number from 0 to {}", text, most), "");
}

std::optional<Error> read_time_of(const char* flag, const std::string& text, milliseconds least,
                                  milliseconds& time) {
  if (auto error = read_time(flag, text, time)) return error;
  if (text.empty() || time >= least) return std::nullopt;
  return fail(flag, fmt::format("{} is too short", text),
              fmt::format("{} s at least", std::chrono::duration_cast<seconds>(least).count()));
}

WatchPlan make_plan(const WatchOptions& options, const Config& config, std::vector<Error>& errors) {
  WatchPlan plan;
  const auto take = [&](std::optional<Error> error) {
    if (error) errors.push_back(*std::move(error));
  };
  if (!options.proxy_status) {
    take(fail("", "nothing to watch is named", "meshcheck watch --proxy-status"));
  }
  if (options.live.contexts.size() > 1) {
    take(fail("--context", "one cluster is watched at a time", "run one for each"));
  }
  take(check_format(options.output, kWatchFormats));
  plan.json = options.output == "json-lines";
  take(read_time_of("--interval", options.interval, kShortest, plan.interval));
  take(read_time_of("--for", options.duration, seconds(1), plan.duration));
  const Rule* rule = find_rule("MC701");
  const auto set = config.parameters.find(std::string_view("MC701"));
  const Parameters parameters(
      rule->info, set == config.parameters.end() ? decltype(set->second){} : set->second);
  plan.percent = parameters.integer("max-stale-percent");
  std::int64_t limit = parameters.integer("min-seconds");
  take(read_number("--max-stale-percent", options.max_stale_percent, 100, plan.percent));
  take(read_number("--min-seconds", options.min_seconds, 86400, limit));
  plan.limit = seconds(limit);
  return plan;
}

struct Counts {
  std::size_t proxies = 0;
  std::size_t stale = 0;     // now, for however long
  std::size_t rejected = 0;  // refused what they were sent
};

Counts count(std::span<const StatusSnapshot> snapshots) {
  Counts counts;
  for (const ObservedProxy& proxy : current_proxies(snapshots)) {
    ++counts.proxies;
    const auto any = [&](SyncState state) {
      return std::ranges::any_of(proxy.now->types, [&](const TypeStatus& type) {
        return type.state == state && is_awaited(type.type);
      });
    };
    if (any(SyncState::stale)) ++counts.stale;
    if (any(SyncState::error)) ++counts.rejected;
  }
  return counts;
}

class Watch {
 public:
  Watch(const WatchPlan& plan, std::string cluster, const Surroundings& surroundings)
      : plan_(plan),
        cluster_(std::move(cluster)),
        surroundings_(surroundings),
        looks_(plan.limit) {}

  // The exit status where the watch ends with this look.
  std::optional<Exit> take(live::Cluster cluster);
  bool incomplete() const { return incomplete_; }
  bool never_saw() const { return looks_.empty(); }

 private:
  std::optional<Observations> read(const live::Cluster& cluster);
  std::optional<Exit> judge(const Observations& observed);
  void print(const Counts& counts, const Drift& drift);
  void print_missing(const std::string& problem, const std::string& hint);
  void print_exceeded(const Fleet& fleet);

  const WatchPlan& plan_;
  std::string cluster_;
  const Surroundings& surroundings_;
  Looks looks_;
  bool incomplete_ = true;
};

// Says what in it cannot be understood.
std::optional<Observations> Watch::read(const live::Cluster& cluster) {
  Observations observed;
  std::vector<Error> errors;
  observe(cluster, observed, errors);
  if (errors.empty()) return observed;
  incomplete_ = true;
  print_missing(errors.front().message, errors.front().hint);
  if (observed.proxy_status.empty()) return std::nullopt;
  return observed;
}

std::optional<Exit> Watch::take(live::Cluster cluster) {
  Look look{Clock::now(), std::move(cluster)};
  std::string problem = look.cluster.failure;
  std::string hint = look.cluster.hint;
  for (const live::IstiodAnswer& answer : look.cluster.answers) {
    if (answer.problem.empty()) {
      ++look.answered;
    } else if (problem.empty()) {
      problem = answer.problem;
      hint = answer.hint;
    }
  }
  incomplete_ = !problem.empty();
  if (incomplete_) print_missing(problem, hint);
  if (look.answered == 0) return std::nullopt;
  look.cluster.lists.clear();
  look.cluster.name = cluster_;
  // By itself: what cannot be read is not remembered.
  if (!read(look.cluster)) return std::nullopt;
  look.answered -= std::erase_if(look.cluster.answers, [](const live::IstiodAnswer& answer) {
    return answer.problem.empty() && !live::read_status(answer, {});
  });
  looks_.add(std::move(look));
  live::Cluster both;
  both.name = cluster_;
  const Look* first = looks_.before();
  if (first != nullptr) both.answers = first->cluster.answers;
  for (live::IstiodAnswer answer : looks_.newest().cluster.answers) {
    answer.look = first == nullptr ? 0 : 1;
    both.answers.push_back(std::move(answer));
  }
  auto observed = read(both);
  if (!observed) return std::nullopt;
  // That the looks are far enough apart our own clock has seen to.
  for (StatusSnapshot& snapshot : observed->proxy_status) {
    for (ProxyStatus& proxy : snapshot.proxies) proxy.seen.reset();
  }
  return judge(*observed);
}

std::optional<Exit> Watch::judge(const Observations& observed) {
  const Drift drift = drift_of(observed.proxy_status, plan_.limit);
  print(count(observed.proxy_status), drift);
  std::optional<Exit> status;
  for (const Fleet* fleet : {&drift.envoys, &drift.ztunnels}) {
    if (fleet->stale.empty() || !fleet->exceeds(fleet->stale.size(), plan_.percent)) continue;
    if (!plan_.json) print_exceeded(*fleet);
    status = Exit::findings;
  }
  return status;
}

void Watch::print(const Counts& counts, const Drift& drift) {
  const std::size_t istiods = looks_.newest().answered;
  const std::size_t lasting = drift.envoys.stale.size() + drift.ztunnels.stale.size();
  const std::string now = utc_text(std::chrono::system_clock::now());
  std::ostream& out = surroundings_.out;
  if (plan_.json) {
    nlohmann::ordered_json line;
    line["time"] = now;
    line["cluster"] = cluster_;
    line["istiods"] = istiods;
    line["proxies"] = counts.proxies;
    line["stale"] = counts.stale;
    line["stale_too_long"] = lasting;
    line["rejected"] = counts.rejected;
    out << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n'
        << std::flush;
    return;
  }
  out << fmt::format("{}  {} prox{} of {} istiod{}: ", std::string_view(now).substr(11, 8),
                     counts.proxies, counts.proxies == 1 ? "y" : "ies", istiods,
                     istiods == 1 ? "" : "s");
  if (counts.stale == 0) {
    out << "none is stale";
  } else {
    out << fmt::format("{} stale", counts.stale);
    if (lasting != 0) out << fmt::format(", {} for more than {} s", lasting, plan_.limit.count());
  }
  if (counts.rejected != 0) out << fmt::format("; {} refused what they were sent", counts.rejected);
  out << '\n' << std::flush;
}

void Watch::print_missing(const std::string& problem, const std::string& hint) {
  surroundings_.out.flush();
  say(fail(cluster_, problem, hint), surroundings_.err);
  surroundings_.err.flush();
}

void Watch::print_exceeded(const Fleet& fleet) {
  std::ostream& out = surroundings_.out;
  out << fmt::format(
      "\n{} of {} {} did not take what they were sent for more than {} s; {} % may:\n",
      fleet.stale.size(), fleet.total, fleet.word, plan_.limit.count(), plan_.percent);
  for (std::size_t i = 0; i < std::min(fleet.stale.size(), kMostListed); ++i) {
    const StaleProxy& stale = fleet.stale[i];
    out << "  " << report::printable(fmt::format("{} ({})", stale.proxy->id(), stale.types))
        << '\n';
  }
  if (fleet.stale.size() > kMostListed) {
    out << fmt::format("  and {} more\n", fleet.stale.size() - kMostListed);
  }
  out << "\nLook at istiod's CPU and memory, then at a proxy's log: "
      << report::printable(fleet.stale.front().proxy->logs_command()) << '\n';
}

}  // namespace

Exit watch(const WatchOptions& options, const Surroundings& surroundings) {
  ConfigRead configured = configure(options.input);
  std::vector<Error> errors = check_live(options.live, surroundings);
  std::ranges::move(configured.errors, std::back_inserter(errors));
  const WatchPlan plan = make_plan(options, configured.config, errors);
  LiveTimes times = times_of(options.live, errors);
  times.whole = milliseconds(0);
  Voice voice(surroundings.err);
  std::vector<Target> targets;
  if (errors.empty()) targets = find_targets(options.live, surroundings, voice, errors);
  if (!errors.empty()) {
    say(errors, surroundings.err);
    return Exit::usage;
  }
  const live::Access& access = *targets.front().access;
  const auto* cancel = surroundings.catch_interrupt ? surroundings.catch_interrupt() : nullptr;
  const auto opened = open_client(access, times, cancel, voice);
  if (!opened) {
    say(opened.error(), surroundings.err);
    return Exit::incomplete;
  }
  live::Client& client = **opened;
  if (const auto version = client.connect(); !version) {
    say(version.error(), surroundings.err);
    return Exit::incomplete;
  }
  live::Scope scope;
  scope.only = options.live.namespaces;
  scope.known = {"istio-system"};
  if (!access.name_space.empty()) scope.known.push_back(access.name_space);
  Watch watch(plan, name_of(access), surroundings);
  const live::Pace pace = real_pace();
  const auto end =
      plan.duration.count() == 0 ? Clock::time_point::max() : pace.now() + plan.duration;
  for (auto due = pace.now(); !client.ended(); due = std::max(due + plan.interval, pace.now())) {
    due = std::min<Clock::time_point>(due, end);
    while (pace.now() < due && !client.ended()) pace.sleep(milliseconds(100));
    if (client.ended()) break;
    live::Cluster seen = live::look_at_proxies(client, scope);
    if (client.ended()) break;
    if (const auto status = watch.take(std::move(seen))) return *status;
    if (due == end || watch.never_saw()) break;
  }
  return watch.incomplete() ? Exit::incomplete : Exit::clean;
}

}  // namespace meshcheck::cli
