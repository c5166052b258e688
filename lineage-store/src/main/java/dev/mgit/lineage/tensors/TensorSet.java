package dev.mgit.lineage.tensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.FormatException;
import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.numeric.Elements;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors of one checkpoint under their parameter names, quantized ones joined with their scales. */
public final class TensorSet {
    private record Tensor(String file, TensorSpec spec, ObjectId object, ByteSource bytes) {}

    private static final String ONNX = ".onnx";

    private final List<Tensor> tensors = new ArrayList<>();
    /** By the path of an ONNX model, and of each file that holds its external data. */
    private final Map<String, OnnxNames> names = new HashMap<>();

    /** Adds a tensor. */
    public void add(String file, TensorSpec spec, ObjectId object, ByteSource bytes) {
        tensors.add(new Tensor(file, spec, object, bytes));
    }

    /** Looks a file over for what it says of tensors: an ONNX model names its own and those in files beside it. */
    public void file(String path, ByteSource whole) throws IOException {
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

    private String name(Tensor tensor) {
        OnnxNames known = names.get(tensor.file());
        return known == null ? tensor.spec().name() : known.of(tensor.spec().name());
    }

    /** Where two files have a tensor of the same name, the later one's file is put before its name. */
    private Map<String, CheckpointTensor> byName() {
        Map<String, CheckpointTensor> byName = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            String name = name(tensor);
            String unique = name;
            for (int i = 0; byName.containsKey(unique); i++) {
                unique = tensor.file() + (i == 0 ? "" : "#" + i) + ":" + name;
            }
            byName.put(
                    unique,
                    new CheckpointTensor(
                            unique,
                            tensor.spec(),
                            tensor.object(),
                            tensor.file(),
                            tensor.bytes(),
                            Optional.empty(),
                            false));
        }
        return byName;
    }

    public List<CheckpointTensor> weights() throws IOException {
        Map<String, CheckpointTensor> byName = byName();
        Set<String> companions = new HashSet<>();
        Map<String, CheckpointTensor> scaled = new LinkedHashMap<>();
        for (CheckpointTensor weight : byName.values()) {
            String stem = weight.name().endsWith(OnnxNames.QUANTIZED) ? OnnxNames.stem(weight.name()) : weight.name();
            CheckpointTensor scale = byName.get(stem + OnnxNames.SCALE);
            if (!weight.spec().dtype().isInteger() || scale == null) {
                continue;
            }
            CheckpointTensor zero = byName.get(stem + OnnxNames.ZERO_POINT);
            companions.add(scale.name());
            if (zero != null) {
                companions.add(zero.name());
            }
            String name = byName.containsKey(stem) ? weight.name() : stem;
            scaled.put(
                    weight.name(),
                    new CheckpointTensor(
                            name,
                            weight.spec(),
                            weight.object(),
                            weight.file(),
                            weight.bytes(),
                            scaling(weight, scale, Optional.ofNullable(zero)),
                            false));
        }
        List<CheckpointTensor> all = new ArrayList<>(byName.size());
        for (CheckpointTensor weight : byName.values()) {
            CheckpointTensor known = scaled.getOrDefault(weight.name(), weight);
            all.add(
                    companions.contains(weight.name())
                            ? new CheckpointTensor(
                                    known.name(),
                                    known.spec(),
                                    known.object(),
                                    known.file(),
                                    known.bytes(),
                                    Optional.empty(),
                                    true)
                            : known);
        }
        all.sort((a, b) -> LayerNames.NATURAL.compare(a.name(), b.name()));
        return all;
    }

    private static Optional<AffineQuantization> scaling(
            CheckpointTensor weight, CheckpointTensor scale, Optional<CheckpointTensor> zero) throws IOException {
        boolean readable = scale.hasNumbers() && scale.elements() <= AffineQuantization.MAX_SCALES;
        if (!readable) {
            return Optional.empty();
        }
        Optional<Double> zeroPoint = weight.spec().dtype() == Dtype.I8 ? Optional.of(0.0) : Optional.empty();
        if (zero.isPresent() && zero.get().hasNumbers()) {
            double[] values =
                    zero.get().elements() > AffineQuantization.MAX_SCALES ? new double[0] : values(zero.get());
            if (values.length == 0 || !allEqual(values)) {
                return Optional.empty();
            }
            zeroPoint = Optional.of(values[0]);
        }
        boolean onnx = weight.name().endsWith(OnnxNames.QUANTIZED);
        return AffineQuantization.of(weight.shape(), scale.shape(), values(scale), zeroPoint, onnx);
    }

    private static boolean allEqual(double[] values) {
        for (double value : values) {
            if (value != values[0]) {
                return false;
            }
        }
        return true;
    }

    private static double[] values(CheckpointTensor weight) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(weight.spec().byteLength())];
        weight.bytes().read(0, bytes, 0, bytes.length);
        double[] values = new double[Math.toIntExact(weight.elements())];
        Elements.read(weight.spec().dtype(), bytes, 0, values, values.length);
        return values;
    }
}
