#include "compose/build.h"

#include <algorithm>

namespace pith::compose {

namespace {

BuildSummary summarise(const Plan& plan, const Layers& layers, const Lock& lock) {
    BuildSummary out;
    out.platform = plan.config.platform;
    for (const auto& planned : plan.packages) {
        if (planned.files == 0) continue;
        bool made = std::find(layers.made.begin(), layers.made.end(), planned.facts.name) != layers.made.end();
        out.packages.push_back({planned.facts.name, planned.facts.version, planned.files, planned.bytes, made});
    }
    out.left_out = lock.left_out;
    for (const auto& rule : plan.left_out)
        if (rule.files > 0) out.left_out_files.push_back(rule);
    out.effects = plan.effects;
    out.bits_dropped = plan.bits_dropped;
    out.members_new = layers.members_new;
    out.members_reused = layers.members_reused;
    out.layers = layers.layers.size();
    for (const auto& layer : layers.layers) {
        out.tar_size += layer.tar_size;
        out.blob_size += layer.descriptor.size;
    }
    return out;
}

}  // namespace

Result<BuiltImage> build_image(const PlanInputs& inputs, Progress& progress) {
    auto compressor = compressor_of(inputs.definition);
    auto plan = TRY(make_plan(inputs));
    auto layers = TRY(make_layers(plan, inputs.lock.layers, compressor, inputs.cache, inputs.pool, progress));
    BuiltImage out;
    out.summary = summarise(plan, layers, inputs.lock);
    out.image.config = std::move(plan.config);
    out.image.annotations = std::move(plan.annotations);
    out.image.layers = std::move(layers.layers);
    return out;
}

}  // namespace pith::compose
