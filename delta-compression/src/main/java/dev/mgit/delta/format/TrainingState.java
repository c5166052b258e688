package dev.mgit.delta.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells what a trainer keeps to be able to go on, moments, step counters, schedules and random number generators, from
 * the weights of a model. This is the one list of it; {@code docs/training-state.md} says it in words.
 */
public final class TrainingState {
    /** Of Trainer, Accelerate, DeepSpeed, Lightning, PaddlePaddle and FSDP, with ranks and steps in their names; no code. */
    private static final Pattern FILE = Pattern.compile(
            "(optimi[sz]er|optim|opt_state|(lr_)?scheduler|(grad_)?scaler|sampler|rng_states?|random_states?|training_args"
                    + "|trainer_state)([-_.]?\\d+)*(\\.(?!py$)[a-z0-9]+)?"
                    + "|optimi[sz]er[-_].*\\.(pt|pth|bin|safetensors|distcp)|.*_optim_states\\.pt|.*\\.pdopt");

    /** {@code optimizer_0/} of FSDP. */
    private static final Pattern FOLDER = Pattern.compile("(optimi[sz]er|optim|opt_state)([-_]\\d+)?");

    /** What stands before the names of everything in some checkpoints. */
    private static final Set<String> WRAPPERS = Set.of("state", "ckpt", "checkpoint", "train_state", "training_state");

    /** First part of a name under which nothing is a weight. */
    private static final Pattern CONTAINER =
            Pattern.compile("(last_|base_)?_?(optimi[sz]ers?|optim)(_?states?)?(_dict)?|optimizer_history|opt_states?"
                    + "|(opt_param_|lr_)schedulers?(_states?)?(_dict)?|(amp_|grad_|loss_)scaler(_state)?(_dict)?"
                    + "|(.*_)?rng(_tracker)?(_states?)?|param_states|callbacks|loops");

    /** First parts that are also parts of models: they count with a state or a number after them. */
    private static final Set<String> LOOSE_CONTAINERS = Set.of("opt", "adam", "adamw", "sgd", "scheduler", "scaler");

    /** Last part of a name that only optimizers use: PyTorch, Transformers, bitsandbytes, Apex, TensorFlow. */
    private static final Pattern LEAF = Pattern.compile(
            "(max_)?exp_avg(_sqs?|_sq_row|_sq_col|_slow|_fast|_diff)?|exp_inf|momentum_buffer|square_avg|acc_delta"
                    + "|grad_avg|mu_product|qmap[12]|absmax[12]|new_max[12]|beta[12]_power|_?growth_tracker");

    /** {@code linear_0.w_0_moment1_0} of PaddlePaddle, {@code dense/kernel/Adam_1} of TensorFlow. */
    private static final Pattern ENDING = Pattern.compile(
            ".*(_(moment[12]?|velocity|beta[12]_pow_acc)_\\d+|/(Adam|AdamW|Momentum|RMSProp|Adagrad)(_\\d+)?)");

    /** Last parts that say nothing by themselves: they count beside one that does, and below {@code state.NUMBER}. */
    private static final Set<String> LOOSE_LEAVES =
            Set.of("step", "sum", "prev", "eta", "mu", "ax", "z", "s", "state1", "state2", "step_size", "master_param");

    private TrainingState() {}

    /**
     * Whether a file is a trainer's, by its path within the checkpoint.
     *
     * @param path with {@code /}
     */
    public static boolean isFile(String path) {
        List<String> parts = List.of(path.toLowerCase(Locale.ROOT).split("/"));
        List<String> folders = parts.subList(0, parts.size() - 1);
        return FILE.matcher(parts.get(parts.size() - 1)).matches()
                || folders.stream().anyMatch(folder -> FOLDER.matcher(folder).matches());
    }

    /** Which of the names of a checkpoint's tensors stand for training state. */
    public static Set<String> among(Collection<String> names) {
        Set<String> found = new HashSet<>();
        Set<List<String>> owners = new HashSet<>();
        for (String name : names) {
            List<String> parts = parts(name);
            if (isContained(parts) || ENDING.matcher(name).matches()) {
                found.add(name);
            } else if (LEAF.matcher(last(parts)).matches()) {
                found.add(name);
                owners.add(owner(parts));
            }
        }
        for (String name : names) {
            List<String> parts = parts(name);
            boolean owned = owners.contains(owner(parts)) || isNumberedState(owner(parts));
            if (owned && LOOSE_LEAVES.contains(last(parts))) {
                found.add(name);
            }
        }
        return found;
    }

    private static List<String> parts(String name) {
        List<String> parts = new ArrayList<>();
        for (String part : name.split("[./]")) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static String last(List<String> parts) {
        return parts.isEmpty() ? "" : parts.get(parts.size() - 1);
    }

    /** The parameter that a tensor of state belongs to. */
    private static List<String> owner(List<String> parts) {
        return parts.subList(0, Math.max(0, parts.size() - 1));
    }

    private static boolean isContained(List<String> parts) {
        boolean wrapped = parts.size() > 2 && WRAPPERS.contains(parts.get(0));
        List<String> inner = wrapped ? parts.subList(1, parts.size()) : parts;
        if (inner.isEmpty()) {
            return false;
        }
        String first = inner.get(0).toLowerCase(Locale.ROOT);
        boolean loose = inner.size() > 1
                && LOOSE_CONTAINERS.contains(first)
                && inner.get(1).matches("state|param_groups|scale|iter|\\d+");
        return loose || CONTAINER.matcher(first).matches();
    }

    private static boolean isNumberedState(List<String> owner) {
        return owner.size() > 1
                && owner.get(owner.size() - 2).equals("state")
                && last(owner).matches("\\d+");
    }
}
