package dev.mgit.lineage.tensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.numeric.Elements;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.UniqueNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors of one checkpoint under their parameter names, quantized ones joined with their scales. */
public final class TensorSet {
    private record Tensor(String file, LogicalTensor seen, ObjectId object, ByteSource bytes) {}

    private static final String ONNX = ".onnx";
    private static final String WEIGHT = ".weight";

    /** How scales of 8-bit floats are called otherwise; the second follows what a weight is the weight of. */
    private static final String SCALE_INVERSE = "_scale_inv";

    private static final String SCALE_OF_WEIGHT = ".scale_weight";

    /** Diffusers' list of components, each in a folder with weights of its own. */
    private static final String PIPELINE = "model_index.json";

    private final List<Tensor> tensors = new ArrayList<>();
    /** By the path of an ONNX model, and of each file that holds its external data. */
    private final Map<String, OnnxNames> names = new HashMap<>();

    private boolean pipeline;

    /**
     * Adds a tensor.
     *
     * @param whole the bytes of the whole file
     */
    public void add(String file, LogicalTensor seen, ObjectId object, ByteSource whole) {
        tensors.add(new Tensor(file, seen, object, seen.open(whole)));
    }

    /** Looks a file over for what it says of tensors: an ONNX model names its own and those in files beside it. */
    public void file(String path, ByteSource whole) throws IOException {
        pipeline |= path.equals(PIPELINE);
        if (!path.toLowerCase(Locale.ROOT).endsWith(ONNX)) {
            return;
        }
        try {
            OnnxNames known = new OnnxNames(OnnxReader.nodes(whole));
            names.put(path, known);
            for (String data : OnnxReader.externalTensors(whole).keySet()) {
                names.putIfAbsent(path.substring(0, path.lastIndexOf('/') + 1) + data, known);
            }
        } catch (FormatException e) {
            // damaged, which is told where it matters: its tensors, if it has any, keep their names
        }
    }

    public boolean isPipeline() {
        return pipeline;
    }

    /** The folder of a pipeline that a file is in; empty if it is in none. */
    public static String component(String file) {
        return file.substring(0, Math.max(0, file.indexOf('/')));
    }

    /** In a pipeline the component stands first, so that none is taken for another. */
    private String name(Tensor tensor) {
        OnnxNames known = names.get(tensor.file());
        String name =
                known == null ? tensor.seen().name() : known.of(tensor.seen().name());
        String component = pipeline ? component(tensor.file()) : "";
        return component.isEmpty() ? name : component + "." + name;
    }

    /** The tensors that are training state; none where there is nothing else, as in an optimizer's own file. */
    private Set<Tensor> trainingTensors() {
        Map<String, List<String>> names = new HashMap<>();
        tensors.forEach(tensor -> names.computeIfAbsent(tensor.file(), file -> new ArrayList<>())
                .add(tensor.seen().name()));
        Map<String, Set<String>> state = new HashMap<>();
        names.forEach((file, all) ->
                state.put(file, TrainingState.isFile(file) ? Set.copyOf(all) : TrainingState.among(all)));
        Set<Tensor> found = new LinkedHashSet<>();
        for (Tensor tensor : tensors) {
            if (state.getOrDefault(tensor.file(), Set.of())
                    .contains(tensor.seen().name())) {
                found.add(tensor);
            }
        }
        return found.size() == tensors.size() ? Set.of() : found;
    }

    private Map<String, CheckpointTensor> byName(List<Tensor> tensors) {
        Map<Object, String> first = new HashMap<>();
        Map<String, CheckpointTensor> byName = new LinkedHashMap<>();
        UniqueNames.of(tensors, this::name, Tensor::file).forEach((name, tensor) -> {
            boolean shares =
                    tensor.seen().unreadable().isEmpty() && tensor.seen().spec().elements() > 0;
            String before = shares
                    ? first.putIfAbsent(List.of(tensor.file(), tensor.seen().named("")), name)
                    : null;
            byName.put(
                    name,
                    new CheckpointTensor(
                            name,
                            tensor.seen().spec(),
                            tensor.object(),
                            tensor.file(),
                            tensor.bytes(),
                            Optional.empty(),
                            false,
                            Optional.ofNullable(before)));
        });
        return byName;
    }

    /** What a trainer keeps beside the weights, see {@link TrainingState}. */
    public List<CheckpointTensor> trainingState() {
        return List.copyOf(byName(List.copyOf(trainingTensors())).values());
    }

    private Map<String, CheckpointTensor> weightsByName() {
        Set<Tensor> others = trainingTensors();
        return byName(
                tensors.stream().filter(tensor -> !others.contains(tensor)).toList());
    }

    /** The weights as {@link #weights()} gives them, but without a look at scales: nothing is read. */
    List<CheckpointTensor> headers() {
        Map<String, CheckpointTensor> byName = weightsByName();
        Set<String> companions = new HashSet<>();
        for (CheckpointTensor weight : byName.values()) {
            String stem = weight.name().endsWith(OnnxNames.QUANTIZED) ? OnnxNames.stem(weight.name()) : weight.name();
            scaleOf(weight, stem, byName).ifPresent(scale -> {
                companions.add(scale.name());
                companions.add(stem + OnnxNames.ZERO_POINT);
            });
        }
        return byName.values().stream()
                .map(weight -> companions.contains(weight.name()) ? weight.asCompanion() : weight)
                .sorted((a, b) -> LayerNames.NATURAL.compare(a.name(), b.name()))
                .toList();
    }

    /** The weights, in natural order of their names. */
    public List<CheckpointTensor> weights() throws IOException {
        Map<String, CheckpointTensor> byName = weightsByName();
        Set<String> companions = new HashSet<>();
        Map<String, CheckpointTensor> scaled = new LinkedHashMap<>();
        for (CheckpointTensor weight : byName.values()) {
            String stem = weight.name().endsWith(OnnxNames.QUANTIZED) ? OnnxNames.stem(weight.name()) : weight.name();
            CheckpointTensor scale = scaleOf(weight, stem, byName).orElse(null);
            if (scale == null) {
                continue;
            }
            CheckpointTensor zero = byName.get(stem + OnnxNames.ZERO_POINT);
            companions.add(scale.name());
            if (zero != null) {
                companions.add(zero.name());
            }
            String name = byName.containsKey(stem) ? weight.name() : stem;
            scaled.put(weight.name(), weight.withScaling(name, scaling(weight, scale, Optional.ofNullable(zero))));
        }
        List<CheckpointTensor> all = new ArrayList<>(byName.size());
        for (CheckpointTensor weight : byName.values()) {
            CheckpointTensor known = scaled.getOrDefault(weight.name(), weight);
            all.add(companions.contains(weight.name()) ? known.asCompanion() : known);
        }
        all.sort((a, b) -> LayerNames.NATURAL.compare(a.name(), b.name()));
        return all;
    }

    /** What lies beside integers and 8-bit floats, by the names that quantizers give it. */
    private static Optional<CheckpointTensor> scaleOf(
            CheckpointTensor weight, String stem, Map<String, CheckpointTensor> byName) {
        List<String> names = new ArrayList<>();
        if (isNarrow(weight.spec().dtype())) {
            names.add(stem + OnnxNames.SCALE);
            names.add(stem + SCALE_INVERSE);
            if (stem.endsWith(WEIGHT)) {
                names.add(stem.substring(0, stem.length() - WEIGHT.length()) + SCALE_OF_WEIGHT);
            }
        } else if (weight.spec().dtype().isInteger()) {
            names.add(stem + OnnxNames.SCALE);
        }
        return names.stream()
                .flatMap(name -> Optional.ofNullable(byName.get(name)).stream())
                .findFirst();
    }

    private static boolean isNarrow(Dtype dtype) {
        return dtype == Dtype.F8_E4M3 || dtype == Dtype.F8_E5M2;
    }

    private static Optional<AffineQuantization> scaling(
            CheckpointTensor weight, CheckpointTensor scale, Optional<CheckpointTensor> zero) throws IOException {
        boolean readable = scale.hasNumbers() && scale.elements() <= AffineQuantization.MAX_SCALES;
        if (!readable) {
            return Optional.empty();
        }
        boolean symmetric =
                weight.spec().dtype() == Dtype.I8 || isNarrow(weight.spec().dtype());
        Optional<double[]> zeroPoints = symmetric ? Optional.of(new double[] {0}) : Optional.empty();
        if (zero.isPresent() && zero.get().hasNumbers()) {
            if (zero.get().elements() == 0 || zero.get().elements() > AffineQuantization.MAX_SCALES) {
                return Optional.empty();
            }
            zeroPoints = Optional.of(values(zero.get()));
        }
        boolean onnx = weight.name().endsWith(OnnxNames.QUANTIZED);
        return AffineQuantization.of(weight.shape(), scale.shape(), values(scale), zeroPoints, onnx);
    }

    private static double[] values(CheckpointTensor weight) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(weight.spec().byteLength())];
        weight.bytes().read(0, bytes, 0, bytes.length);
        double[] values = new double[Math.toIntExact(weight.elements())];
        Elements.read(weight.spec().dtype(), bytes, 0, values, values.length);
        return values;
    }
}
