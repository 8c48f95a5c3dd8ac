#include "chart.hpp"
#include "commands.hpp"
#include "env/file.hpp"
#include "files.hpp"
#include "weight_worlds.hpp"
#include "words.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <map>

/// `zkp simulate weights`.
namespace cmd {
namespace {

constexpr uint32_t kPublicMode = 0644;
/// From nearly equal to a handful that has everything; 1.16 is the tail of 80 to 20.
constexpr std::array kTails{20.0, 5.0, 3.0, 2.2, 1.8, 1.5, 1.3, 1.16, 1.05};
constexpr double kUsualTail = 1.16;
constexpr int kWorkSteps = 20;
constexpr uint32_t kErasShown = 12;
constexpr std::array kNewcomers{0.2, 0.4, 0.6, 0.8}; ///< shares of the stake
constexpr double kThird = 100.0 / 3;

struct FormulaName
{
    Formula formula;
    const char *key, *name;
};
constexpr std::array kFormulas{FormulaName{Formula::weight, "weight", "ours: weight W"},
                               FormulaName{Formula::seats, "seats", "ours: seats"},
                               FormulaName{Formula::published_static, "published_static", "published, static"},
                               FormulaName{Formula::published_dynamic, "published_dynamic", "published, dynamic"}};

struct SpreadName
{
    Spread spread;
    const char *key, *title;
};
constexpr std::array kSpreads{
    SpreadName{Spread::independent, "independent", "Inequality of weights: work and space independent of stake"},
    SpreadName{Spread::with_stake, "with-stake", "Inequality of weights: the richest do most work"},
    SpreadName{Spread::against_stake, "against-stake", "Inequality of weights: the richest do least work"}};

/// What goes into the folder: names and contents.
using Files = std::map<std::string, std::string>;

struct Setting
{
    const SimulateWeights& options;
    WeightRules rules;
};

/// The worlds of one shape, the same for the same seed.
std::vector<WeightWorld> worlds_of(const SimulateWeights& options, double tail, Spread spread)
{
    std::mt19937_64 random(options.seed);
    std::vector<WeightWorld> worlds;
    for (uint32_t i = 0; i != options.worlds; ++i)
        worlds.push_back(draw_world(random, options.validators, tail, spread));
    return worlds;
}

std::string csv_row(std::initializer_list<std::string> cells)
{
    std::string row;
    for (const auto& cell : cells)
        row += (row.empty() ? "" : ",") + cell;
    return row + "\n";
}

/// Gini coefficients of stakes and weights, averaged over the worlds.
Json gini_rows(const Setting& setting, Files& files)
{
    Json rows = Json::array();
    std::string csv = "work,tail,stake,weight,seats,published_static,published_dynamic\n";
    for (const auto& spread : kSpreads)
    {
        Chart chart{spread.title, {"Gini coefficient of stake, %"}, {"Gini coefficient of weight, %"}, {}, {}};
        for (const auto& formula : kFormulas)
            chart.lines.push_back({formula.name, {}});
        chart.lines.push_back({"as unequal as stake", {{0, 0}, {100, 100}}});
        for (const auto tail : kTails)
        {
            const auto worlds = worlds_of(setting.options, tail, spread.spread);
            std::array<double, 1 + kFormulas.size()> means{};
            for (const auto& world : worlds)
            {
                means[0] += gini(world.stake) / double(worlds.size());
                for (size_t i = 0; i != kFormulas.size(); ++i)
                    means[1 + i] +=
                        gini(weights_of(world, kFormulas[i].formula, setting.rules)) / double(worlds.size());
            }
            for (size_t i = 0; i != kFormulas.size(); ++i)
                chart.lines[i].points.emplace_back(100 * means[0], 100 * means[1 + i]);
            csv += csv_row({spread.key, fixed(tail, 2), fixed(means[0], 4), fixed(means[1], 4), fixed(means[2], 4),
                            fixed(means[3], 4), fixed(means[4], 4)});
            rows.push_back({{"work", spread.key},
                            {"tail", tail},
                            {"stake", means[0]},
                            {"weight", means[1]},
                            {"seats", means[2]},
                            {"published_static", means[3]},
                            {"published_dynamic", means[4]}});
        }
        files["gini-" + std::string(spread.key) + ".svg"] = svg(chart);
    }
    files["gini.csv"] = csv;
    return rows;
}

/// The mean of shares, nothing if one of them cannot be reached.
Json mean_cost(const std::vector<AttackCost>& costs, double AttackCost::* goal)
{
    double sum = 0;
    for (const auto& cost : costs)
    {
        if (cost.*goal > 1)
            return nullptr;
        sum += cost.*goal;
    }
    return sum / double(costs.size());
}

std::string cell(const Json& share) { return share.is_null() ? "" : fixed(share.get<double>(), 4); }

/// The line, with a name that says what lies on the axis or nowhere.
Line named(Line line)
{
    constexpr double kOnAxis = 0.5;
    if (line.points.empty())
        line.name += ": never";
    else if (std::ranges::all_of(line.points, [](const auto& point) { return point.second < kOnAxis; }))
        line.name +=
            ": 0" + (line.points.front().first > 0 ? " from " + fixed(line.points.front().first, 0) + " on" : "");
    return line;
}

/// The least stake that blocks and that decides, by the attacker's share of work and space.
Json attack_rows(const Setting& setting, Files& files)
{
    const Axis work{"the attacker's share of all work and of all space, %"}, stake{"least share of the stake, %"};
    Chart block{"Stake that blocks finality, where honest work follows stake", work, stake, {}, {kThird}};
    Chart decide{"Stake that decides finality, where honest work follows stake", work, stake, {}, {2 * kThird}};
    const auto worlds = worlds_of(setting.options, kUsualTail, Spread::with_stake);
    Json rows = Json::array();
    std::string csv = "work,formula,block,decide\n";
    for (const auto& formula : kFormulas)
    {
        Line blocks{formula.name, {}}, decides{formula.name, {}};
        for (int i = 0; i <= kWorkSteps; ++i)
        {
            const double share = double(i) / kWorkSteps;
            std::vector<AttackCost> costs;
            for (const auto& world : worlds)
                costs.push_back(attack_cost(world, share, formula.formula, setting.rules));
            const auto blocked = mean_cost(costs, &AttackCost::block), decided = mean_cost(costs, &AttackCost::decide);
            if (!blocked.is_null())
                blocks.points.emplace_back(100 * share, 100 * blocked.get<double>());
            if (!decided.is_null())
                decides.points.emplace_back(100 * share, 100 * decided.get<double>());
            csv += csv_row({fixed(share, 2), formula.key, cell(blocked), cell(decided)});
            rows.push_back({{"work", share}, {"formula", formula.key}, {"block", blocked}, {"decide", decided}});
        }
        block.lines.push_back(named(blocks));
        decide.lines.push_back(named(decides));
    }
    files["attack-block.svg"] = svg(block);
    files["attack-decide.svg"] = svg(decide);
    files["attack.csv"] = csv;
    return rows;
}

/// The seats of a newcomer whose stake arrives between two eras, era after era.
Json churn_rows(const Setting& setting, Files& files)
{
    const auto& rules = setting.rules.rules;
    Chart chart{"Seats of a newcomer without work, era after era",
                {"eras after its stake arrived", kErasShown, 2},
                {"share of the seats, %"},
                {},
                {kThird, 2 * kThird}};
    const auto world = worlds_of(setting.options, kUsualTail, Spread::with_stake).front();
    Json rows = Json::array();
    std::string csv = "stake,era,seats\n";
    for (const auto stake : kNewcomers)
    {
        const auto joined = with_attacker(world, stake, 0, 1);
        const auto claims = seats::weigh(candidates_of(joined), rules.mix);
        const std::vector old(claims.begin(), claims.end() - 1);
        const auto target = seats::apportion(claims, rules.seats, rules.elected_max);
        auto present = seats::apportion(old, rules.seats, rules.elected_max);
        Line line{fixed(100 * stake, 0) + " % of the stake", {}};
        for (uint32_t era = 0; era <= kErasShown; ++era)
        {
            const auto found = std::ranges::find(present, claims.back().account, &seats::Holder::account);
            const auto has = found == present.end() ? 0 : found->seats;
            line.points.emplace_back(era, 100.0 * has / rules.seats);
            csv += csv_row({fixed(stake, 2), std::to_string(era), std::to_string(has)});
            rows.push_back({{"stake", stake}, {"era", era}, {"seats", has}});
            present = seats::step(claims, present, target, seats::moves_max(rules));
        }
        chart.lines.push_back(line);
    }
    files["churn.svg"] = svg(chart);
    files["churn.csv"] = csv;
    return rows;
}

/// A share of one in billionths.
uint32_t billionths(double share) { return uint32_t(std::llround(share * seats::kBillion)); }

Or<Setting> setting_of(const SimulateWeights& options)
{
    const seats::Mix mix{billionths(options.alpha), billionths(options.beta), billionths(options.gamma)};
    if (uint64_t{mix.alpha} + mix.beta + mix.gamma != seats::kBillion)
        return usage("--alpha, --beta and --gamma must sum to 1");
    if (options.published_max < options.validators)
        return usage("--published-max must be at least --validators");
    const uint32_t elected = options.elected == 0 ? options.seats : options.elected;
    if (elected > options.seats)
        return usage("--elected must be at most --seats");
    const seats::Rules rules{
        .mix = mix, .seats = options.seats, .elected_max = elected, .churn = billionths(options.churn)};
    return Setting{options, {rules, options.published_max}};
}

/// Why a chain would refuse the mix; nothing if it would not.
const char* refusal_of(const seats::Mix& mix)
{
    const auto checked = seats::check(mix);
    if (checked)
        return nullptr;
    switch (checked.error())
    {
    case seats::MixRefusal::work_low:
        return "alpha must be above 0.25";
    case seats::MixRefusal::space_low:
        return "beta must be above 0.25";
    case seats::MixRefusal::stake_low:
        return "gamma must be at least 0.4";
    case seats::MixRefusal::sum:
    case seats::MixRefusal::step_large:
        break;
    }
    return "alpha, beta and gamma must sum to 1";
}

std::string padded(std::string text, size_t width)
{
    text.insert(0, width - std::min(width, text.size()), ' ');
    return text;
}

std::string percent(const Json& share)
{
    return padded(share.is_null() ? "never" : fixed(100 * share.get<double>(), 1), 8);
}

/// The rows of a table that people read: Gini at the usual tail, costs without, with half and with all work and space.
std::string table_of(const Json& gini, const Json& attack)
{
    std::string text = "                          ";
    for (const auto* head : {"gini", "block", "decide", "block", "decide", "block", "decide"})
        text += padded(head, 8);
    text += "\n";
    for (const auto& formula : kFormulas)
    {
        std::string name = formula.name;
        name.resize(24, ' ');
        text += "  " + name;
        for (const auto& row : gini)
            if (row["work"] == "independent" && row["tail"] == kUsualTail)
                text += percent(row[formula.key]);
        for (const auto share : {0.0, 0.5, 1.0})
            for (const auto& row : attack)
                if (row["formula"] == formula.key && row["work"] == share)
                    text += percent(row["block"]) + percent(row["decide"]);
        text += "\n";
    }
    return text +
           "  in %: Gini coefficient of weights; least share of the stake that blocks and decides finality, without\n"
           "  work and space, with half, with all of it\n";
}

Or<Json> write(const Files& files, const std::string& folder)
{
    Json names = Json::array();
    if (folder.empty())
        return names;
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored); // writing says what is wrong
    for (const auto& [name, content] : files)
    {
        const auto path = std::string(folder).append("/").append(name);
        const std::array<base::ByteView, 1> parts{base::view(content)};
        if (const auto written = env::write_file(path, parts, kPublicMode); !written)
            return refused(written.error().words);
        names.push_back(path);
    }
    return names;
}

} // namespace

Answer run(const SimulateWeights& options)
{
    const auto setting = setting_of(options);
    if (!setting)
        return std::unexpected(setting.error());
    Files files;
    const auto gini = gini_rows(*setting, files), attack = attack_rows(*setting, files),
               churn = churn_rows(*setting, files);
    const auto names = write(files, options.out);
    if (!names)
        return std::unexpected(names.error());

    const auto& rules = setting->rules.rules;
    const auto* refusal = refusal_of(rules.mix);
    Report report;
    report.text = count(options.validators) + " validators, " + count(rules.seats) + " seats, at most " +
                  count(rules.elected_max) + " elected; alpha " + real(options.alpha) + ", beta " + real(options.beta) +
                  ", gamma " + real(options.gamma) + "; " + count(options.worlds) + " worlds, stakes 80 to 20\n" +
                  table_of(gini, attack);
    if (refusal != nullptr)
        report.text += std::string("  a chain refuses this mix: ") + refusal + "\n";
    if (!options.out.empty())
        report.text += "  " + count(names->size()) + " files in " + options.out + "\n";
    report.json = {{"validators", options.validators},
                   {"seats", rules.seats},
                   {"elected_max", rules.elected_max},
                   {"alpha", options.alpha},
                   {"beta", options.beta},
                   {"gamma", options.gamma},
                   {"refused", refusal != nullptr ? Json(refusal) : Json(nullptr)},
                   {"seed", options.seed},
                   {"worlds", options.worlds},
                   {"gini", gini},
                   {"attack", attack},
                   {"churn", churn},
                   {"files", *names}};
    return report;
}

} // namespace cmd
