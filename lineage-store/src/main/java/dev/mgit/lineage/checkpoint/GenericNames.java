package dev.mgit.lineage.checkpoint;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of files and folders that say which state of a model they hold, or when it was written, but not which model:
 * what trainers, hubs and exporters write. Suffixes of formats are gone already; case does not matter.
 */
public final class GenericNames {
    /** Alone or together: {@code final}, {@code best_model}, {@code pytorch_model}. */
    private static final Set<String> WORDS = words("""
            final best last latest model models weights checkpoints ckpts output outputs out result results
            save saved trained snapshot snapshots artifacts pytorch tf flax diffusion adapter state states
            dict lightning logs hf huggingface exported converted ema
            """);

    /** The same, and a number may belong to them: {@code checkpoint-50}, {@code epoch=3-val_loss=0.12}. */
    private static final Set<String> COUNTED = words("""
            checkpoint ckpt consolidated epoch epochs ep step steps global iter iteration version mp rank
            loss val valid acc accuracy
            """);

    private static final List<Pattern> WHOLE = List.of(
            Pattern.compile("\\d[\\d_.:-]*(t[\\d_.:-]+z?)?"), // 2026-01-01, 12-30-00, 20260101T1230Z, 1000
            Pattern.compile("[a-z]{3}\\d{2}_\\d{2}-\\d{2}-\\d{2}.*"), // TensorBoard: Nov28_10-04-30_host
            Pattern.compile("(offline-)?run-\\d{8}_\\d{6}.*"), // Weights & Biases
            Pattern.compile("(?=.*\\d)(?=.*[a-f])[0-9a-f]{7,64}|[0-9a-f]{32,64}"), // hashes, ids
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), // UUIDs
            Pattern.compile("tmp[._-]?[a-z0-9_]{6,10}|junit-?\\d+")); // temporary folders

    private static final Pattern SHARD = Pattern.compile("[-_.]\\d{5}-of-\\d{5}$");
    private static final Pattern BETWEEN = Pattern.compile("[-_.=+ ]+|(?<=[a-z])(?=\\d)|(?<=\\d)(?=[a-z])");

    private GenericNames() {}

    /** Whether a name says nothing of which model it is. */
    public static boolean contains(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (WHOLE.stream().anyMatch(pattern -> pattern.matcher(lower).matches())) {
            return true;
        }
        List<String> parts = BETWEEN.splitAsStream(SHARD.matcher(lower).replaceFirst(""))
                .filter(part -> !part.isEmpty())
                .toList();
        boolean numbers = parts.stream().anyMatch(GenericNames::isNumber);
        boolean counted = parts.stream().anyMatch(COUNTED::contains);
        return !parts.isEmpty()
                && (!numbers || counted)
                && parts.stream().allMatch(part -> WORDS.contains(part) || COUNTED.contains(part) || isNumber(part));
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    private static boolean isNumber(String part) {
        return part.chars().allMatch(Character::isDigit);
    }
}
