package dev.mgit.lineage.completeness;

import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shards that carry their number, {@code x-00001-of-00003.gguf}, counted from one or, as TensorFlow does, from zero. */
final class NumberedShards implements Completeness.Check {
    private static final Pattern SHARD = Pattern.compile("(.*?)(\\d{5})-of-(\\d{5})(.*)");

    /** Files of one rank each, counted from zero, whose names do not say how many there are: Llama's, DeepSpeed's. */
    private static final Pattern RANK = Pattern.compile("(consolidated\\.)(\\d{2})(\\.(?:pth|pt|safetensors))"
            + "|(mp_rank_)(\\d{2})(_model_states\\.pt)"
            + "|((?:bf16_|fp16_)?zero_pp_rank_)(\\d{1,6})(_mp_rank_\\d{2}_(?:optim|model)_states\\.pt)");

    /** All shards of one set: what their names share. */
    private record Family(String before, int count, String after) {
        String path(int number) {
            return before + String.format(Locale.ROOT, "%05d-of-%05d", number, count) + after;
        }
    }

    @Override
    public void look(CheckpointContents contents, MissingParts gaps) {
        Map<String, Family> families = new TreeMap<>();
        Map<String, BitSet> there = new TreeMap<>();
        for (File file : contents.all()) {
            Matcher name = SHARD.matcher(file.name());
            if (name.matches()) {
                var family = new Family(file.folder() + name.group(1), Integer.parseInt(name.group(3)), name.group(4));
                families.put(family.path(0), family);
                there.computeIfAbsent(family.path(0), f -> new BitSet()).set(Integer.parseInt(name.group(2)));
            }
        }
        ranks(contents, gaps);
        families.forEach((key, family) -> family(family, there.getOrDefault(key, new BitSet()), contents, gaps));
    }

    /** The files of all ranks: what their names share. */
    private record Ranks(String before, String after, int digits) {
        String path(int rank) {
            return before + String.format(Locale.ROOT, "%0" + digits + "d", rank) + after;
        }
    }

    private static void ranks(CheckpointContents contents, MissingParts gaps) {
        Map<Ranks, BitSet> there = new LinkedHashMap<>();
        for (File file : contents.all()) {
            Matcher name = RANK.matcher(file.name());
            if (name.matches()) {
                int first = name.group(1) != null ? 1 : name.group(4) != null ? 4 : 7;
                String number = name.group(first + 1);
                var ranks = new Ranks(
                        file.folder() + name.group(first), name.group(first + 2), first == 7 ? 1 : number.length());
                there.computeIfAbsent(ranks, r -> new BitSet()).set(Integer.parseInt(number));
            }
        }
        there.forEach((ranks, numbers) -> {
            List<String> absent = new ArrayList<>();
            for (int rank = numbers.nextClearBit(0); rank < numbers.length(); rank = numbers.nextClearBit(rank + 1)) {
                absent.add(ranks.path(rank));
            }
            gaps.missing(ranks.path(numbers.length() - 1) + " belongs with", absent);
        });
    }

    private static void family(Family family, BitSet there, CheckpointContents contents, MissingParts gaps) {
        int first = there.get(0) ? 0 : 1;
        List<String> absent = new ArrayList<>();
        for (int number = first; number < family.count() + first; number++) {
            if (!there.get(number)) {
                absent.add(family.path(number));
            }
        }
        gaps.missing(family.path(there.nextSetBit(0)) + " belongs with", absent);
        index(family, contents, gaps);
    }

    /** What transformers needs to find a tensor in a set of shards. */
    private static void index(Family family, CheckpointContents contents, MissingParts gaps) {
        boolean wanted =
                family.before().endsWith("-") && List.of(".safetensors", ".bin").contains(family.after());
        String stem = family.before().substring(0, Math.max(0, family.before().length() - 1));
        String folder = stem.substring(0, stem.lastIndexOf('/') + 1);
        if (wanted && contents.has(folder + "config.json") && family.count() > 1) {
            gaps.missing(
                    "the shards of " + stem + family.after() + " need", List.of(stem + family.after() + ".index.json"));
        }
    }
}
