package dev.mgit.delta.format.torch;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.format.torch.ZeroPartition.Piece;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what each rank of DeepSpeed ZeRO keeps in {@code zero_pp_rank_R_mp_rank_M_optim_states.pt}: flat tensors of 32-bit
 * weights and moments, cut into parameters as {@code param_shapes} in the model states beside it says. Where that is missing
 * or does not fit, the file is what torch.save wrote, and nothing more. No pickle is executed.
 */
public final class ZeroReader implements CompanionReader {
    private static final Pattern NAME =
            Pattern.compile("(?:bf16_|fp16_)?(zero_pp_rank_(\\d{1,6})_)(mp_rank_\\d{1,6})_optim_states\\.pt");
    private static final String STATE = "optimizer_state_dict";
    private static final Pattern WEIGHTS =
            Pattern.compile(STATE + "\\.(?:single_partition_of_fp32_groups|fp32_flat_groups)\\.(\\d{1,6})");
    private static final Pattern MOMENT = Pattern.compile(
            STATE + "\\.(?:base_optimizer_state|" + STATE + ")\\.(?:state\\.)?(\\d{1,6})\\.([a-z0-9_]+)");
    private static final String FLAT_OF_STAGE_3 = "fp32_flat_groups";
    private static final long MOST_RANKS = 1 << 20;

    @Override
    public String name() {
        return "deepspeed-zero";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // every entry of the zip archive has its CRC-32
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return NAME.matcher(fileName).matches();
    }

    @Override
    public Optional<Layout> read(Path file, ByteSource source) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
            return Optional.empty();
        }
        long rank = Long.parseLong(name.group(2));
        try {
            if (!(MegatronShard.pickle(source) instanceof Pairs saved) || !(saved.get(STATE) instanceof Pairs state)) {
                return Optional.empty();
            }
            String model = name.group(3) + "_model_states.pt";
            List<Map<String, List<Long>>> shapes = shapes(file.resolveSibling(model));
            if (shapes.isEmpty()) {
                shapes = shapes(file.resolveSibling(name.group(1) + model));
            }
            Layout flat = new TorchReader().read("", source).orElseThrow();
            return parameters(flat, state, shapes, rank, source.size());
        } catch (UnsupportedException | FormatException | ArithmeticException e) {
            return Optional.empty(); // the reader of torch.save says what is wrong, if anything is
        }
    }

    /** {@code param_shapes}: a dictionary of sizes for each group of parameters; none if there is no such file. */
    private static List<Map<String, List<Long>>> shapes(Path file) throws IOException, UnsupportedException {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try (FileByteSource source = FileByteSource.open(file)) {
            List<Map<String, List<Long>>> groups = new ArrayList<>();
            if (MegatronShard.pickle(source) instanceof Pairs saved
                    && saved.get("param_shapes") instanceof Items listed) {
                for (Object group : listed.values) {
                    groups.add(sizes(group));
                }
            }
            return groups;
        }
    }

    private static Map<String, List<Long>> sizes(Object group) throws UnsupportedException {
        Pairs pairs = group instanceof Pairs plain ? plain : group instanceof Call call ? call.pairs : null;
        Map<String, List<Long>> sizes = new LinkedHashMap<>();
        for (int i = 0; pairs != null && i < pairs.keys.size(); i++) {
            List<Long> size = TorchState.numbers(pairs.values.get(i));
            if (!(pairs.keys.get(i) instanceof String name) || size == null || sizes.put(name, size) != null) {
                throw new UnsupportedException("a parameter without a name or a size");
            }
        }
        return sizes;
    }

    private Optional<Layout> parameters(
            Layout flat, Pairs state, List<Map<String, List<Long>>> shapes, long rank, long size) {
        TreeMap<Integer, Long> weights = new TreeMap<>();
        for (LogicalTensor tensor : flat.tensors()) {
            Matcher found = WEIGHTS.matcher(tensor.name());
            if (found.matches() && isFlat(tensor)) {
                weights.put(Integer.parseInt(found.group(1)), tensor.spec().elements());
            }
        }
        List<Long> elements = List.copyOf(weights.values());
        long ranks = ranks(state.get("partition_count"));
        boolean numbered = !weights.isEmpty() && weights.lastKey() == weights.size() - 1;
        if (!numbered || rank >= ranks || ranks > MOST_RANKS) {
            return Optional.empty();
        }
        List<List<Piece>> pieces = new ArrayList<>();
        if (state.get(FLAT_OF_STAGE_3) != Pickle.NONE) {
            Map<String, List<Long>> all = new LinkedHashMap<>();
            shapes.forEach(all::putAll);
            pieces.addAll(ZeroPartition.ofParameters(all, elements, rank, ranks));
        } else if (shapes.size() == elements.size()) {
            for (int group = 0; group < shapes.size(); group++) {
                pieces.add(ZeroPartition.ofGroup(shapes.get(group), elements.get(group), rank, ranks));
            }
        }
        return pieces.stream().allMatch(List::isEmpty)
                ? Optional.empty()
                : Optional.of(cut(flat, pieces, elements, size));
    }

    /** How many ranks there are: a number, or one for each group. */
    private static long ranks(Object count) {
        if (count instanceof Items each && !each.values.isEmpty()) {
            return each.values.stream().distinct().count() == 1 ? ranks(each.values.get(0)) : 0;
        }
        return count instanceof Long number ? number : 0;
    }

    private Layout cut(Layout flat, List<List<Piece>> pieces, List<Long> elements, long size) {
        var layout = new LayoutBuilder(name(), size);
        Map<Long, Boolean> replaced = new TreeMap<>();
        for (LogicalTensor tensor : flat.tensors()) {
            Matcher weights = WEIGHTS.matcher(tensor.name());
            Matcher moment = MOMENT.matcher(tensor.name());
            boolean known = weights.matches() || moment.matches();
            int group = known ? Integer.parseInt((weights.matches() ? weights : moment).group(1)) : -1;
            boolean same = known
                    && isFlat(tensor)
                    && group < pieces.size()
                    && tensor.spec().elements() >= elements.get(group); // moments keep the padding
            if (!same) {
                layout.view(tensor);
                continue;
            }
            String kind = STATE + "." + (weights.matches() ? "fp32" : moment.group(2)) + ".";
            replaced.put(tensor.offset(), true);
            for (Piece piece : pieces.get(group)) {
                var spec = new TensorSpec(
                        kind + piece.spec().name(), Dtype.F32, piece.spec().shape());
                long offset = tensor.offset() + piece.offset() * Dtype.F32.bytes();
                layout.range(offset, spec);
                layout.view(LogicalTensor.rowMajor(spec, offset));
            }
        }
        flat.ranges().stream()
                .filter(range -> range.tensor().isPresent() && !replaced.containsKey(range.offset()))
                .forEach(range -> layout.range(range.offset(), range.tensor().orElseThrow()));
        return layout.build();
    }

    private static boolean isFlat(LogicalTensor tensor) {
        return tensor.isRowMajor()
                && tensor.spec().dtype() == Dtype.F32
                && tensor.spec().shape().size() == 1;
    }
}
