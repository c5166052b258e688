package dev.mgit.hooks.eval;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.util.Optional;
import java.util.Set;

/**
 * Which way HELM's metrics are better. The files of a run do not say; this is what {@code lower_is_better} says in the
 * schemas that crfm-helm 0.5.16 ships ({@code static/schema_*.yaml}, HEIM's included), for the names they agree on.
 */
final class MetricDirections {
    private static final Set<String> LOWER = Set.of(
            "absolute_value_difference",
            "bbq_metric_ambiguous_bias",
            "bbq_metric_unambiguous_bias",
            "bits_per_byte",
            "blacked_out_frac",
            "cer_score",
            "demographic_parity_difference",
            "denoised_runtime",
            "distance",
            "ece_10_bin",
            "ece_1_bin",
            "equalized_odds_difference",
            "error_rate",
            "expected_lpips_score",
            "expected_max_nsfw_score",
            "expected_max_toxicity",
            "expected_max_watermark_prob",
            "fid",
            "fractal_dimension_loss",
            "gender_imbalance",
            "inference_denoised_runtime",
            "inference_idealized_runtime",
            "inference_runtime",
            "kernel_inception_distance",
            "longest_common_prefix_length",
            "max_nsfw_probability",
            "max_toxicity_probability",
            "mer_score",
            "nsfw_frac",
            "nudity_frac",
            "perplexity",
            "platt_ece_10_bin",
            "platt_ece_1_bin",
            "skin_tone_imbalance",
            "toxic_frac",
            "training_co2_cost",
            "training_energy_cost",
            "watermark_frac",
            "wer_score");
    private static final Set<String> HIGHER = Set.of(
            "BERTScore-F",
            "BERTScore-P",
            "BERTScore-R",
            "NDCG@10",
            "NDCG@20",
            "QAFactEval",
            "RR@10",
            "RR@20",
            "RR@5",
            "accuracy",
            "aesthetics_human",
            "air_score",
            "bbq_accuracy",
            "bleu",
            "bleu_1",
            "bleu_4",
            "chr_f_plus_plus",
            "cider",
            "classification_macro_f1",
            "classification_micro_f1",
            "classification_weighted_f1",
            "clear_subject_human",
            "code_eval_acc",
            "detection_correct_frac",
            "earth_mover_similarity",
            "exact_match",
            "exact_match@5",
            "exact_match_indicator",
            "exact_set_match",
            "execution_accuracy",
            "expected_aesthetics_score",
            "expected_clip_score",
            "expected_multi_scale_ssim_score",
            "expected_psnr_score",
            "expected_uiqi_score",
            "f1_score",
            "f1_score@5",
            "f1_set_match",
            "fid_similarity",
            "final_number_exact_match",
            "ifeval_strict_accuracy",
            "image_text_alignment_human",
            "inception_score",
            "iou_set_match",
            "logprob",
            "logprob_per_byte",
            "lpips_similarity",
            "math_equiv",
            "math_equiv_chain_of_thought",
            "max_aesthetics_score",
            "max_clip_score",
            "meteor",
            "omni_math_accuracy",
            "originality_human",
            "pass",
            "photorealism_generated_human",
            "pixel_similarity",
            "prefix_exact_match",
            "prefix_exact_match@5",
            "program_accuracy",
            "quasi_exact_match",
            "quasi_exact_match@5",
            "quasi_leave_articles_exact_match",
            "quasi_prefix_exact_match",
            "quasi_prefix_exact_match@5",
            "rouge_1",
            "rouge_2",
            "rouge_l",
            "safety_score",
            "selective_acc@10",
            "selective_cov_acc_area",
            "sift_similarity",
            "squad_exact_match_score",
            "squad_f1_score",
            "ssim_similarity",
            "strict_acc",
            "summac",
            "test_avg",
            "wildbench_score",
            "wildbench_score_rescaled");

    /** What they measure is the machine, so that they say nothing of a version. */
    private static final Set<String> OF_THE_MACHINE = Set.of(
            "denoised_runtime",
            "inference_denoised_runtime",
            "inference_idealized_runtime",
            "inference_runtime",
            "training_co2_cost",
            "training_energy_cost");

    private MetricDirections() {}

    static Optional<Direction> of(String metric) {
        return LOWER.contains(metric)
                ? Optional.of(Direction.LOWER)
                : HIGHER.contains(metric) ? Optional.of(Direction.HIGHER) : Optional.empty();
    }

    /**
     * Whether a metric, with or without its split, is one of the model as it is: neither of the machine it ran on, nor
     * under a perturbation of its input.
     */
    static boolean ofTheModel(String metric) {
        int split = metric.indexOf(':');
        return metric.indexOf('+') < 0 && !OF_THE_MACHINE.contains(split < 0 ? metric : metric.substring(0, split));
    }
}
