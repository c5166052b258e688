package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.CastPredictor;
import dev.mgit.delta.predictor.QuantizePredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ways a child's dtype may have been made from a source's. */
final class ConversionSearch {
    private static final String QUANTIZED = "_quantized";
    private static final int MAX_CHANNELS = 1 << 17;

    private ConversionSearch() {}

    /** All recipes that lead from a placement to the child: one without conversion where dtypes are equal. */
    static List<Derivation> recipes(ChildTensor child, Placement placement, Candidates candidates) {
        Dtype from = placement.dtype();
        Dtype to = child.spec().dtype();
        List<Derivation> recipes = new ArrayList<>();
        if (from == to) {
            recipes.add(Conversion.recipe(child, placement, Optional.empty()));
        } else if (CastPredictor.possible(from, to)) {
            byte[] parameters = CastPredictor.parameters(from);
            add(
                    recipes,
                    child,
                    placement,
                    new Conversion("cast", new CastPredictor(), 1, first -> parameters, List.of()));
        } else if (from.isFloat() && (to == Dtype.Q8_0 || to == Dtype.Q4_0)) {
            byte[] parameters = QuantizePredictor.ggml(from);
            add(recipes, child, placement, quantize("quantize " + to, 1, parameters));
        } else if (from.isFloat() && (to == Dtype.I8 || to == Dtype.U8)) {
            integers(recipes, child, placement, candidates);
        }
        return recipes;
    }

    private static void add(List<Derivation> recipes, ChildTensor child, Placement placement, Conversion conversion) {
        recipes.add(Conversion.recipe(child, placement, Optional.of(conversion)));
    }

    private static Conversion quantize(String name, long unit, byte[] parameters) {
        return new Conversion(name, new QuantizePredictor(), unit, first -> parameters, List.of());
    }

    private static void integers(
            List<Derivation> recipes, ChildTensor child, Placement placement, Candidates candidates) {
        Dtype from = placement.dtype();
        TensorSpec spec = child.spec();
        long columns = SampledValues.innermost(spec);
        if (spec.dtype() == Dtype.I8 && columns <= Trial.MAX_ROW) {
            add(recipes, child, placement, quantize("quantize absmax", columns, QuantizePredictor.absmax(from, (int)
                    columns)));
        }
        Scales scales = Scales.of(child).orElse(null);
        if (scales == null) {
            return;
        }
        long rows = spec.elements() / columns;
        if (scales.values().length == 1) {
            affine(recipes, child, placement, candidates, scales, "per tensor", 1);
        }
        if (scales.values().length == columns) {
            affine(recipes, child, placement, candidates, scales, "per column", 1);
        }
        if (scales.values().length == rows) {
            affine(recipes, child, placement, candidates, scales, "per row", columns);
        }
    }

    private static void affine(
            List<Derivation> recipes,
            ChildTensor child,
            Placement placement,
            Candidates candidates,
            Scales scales,
            String axis,
            long inner) {
        Optional<SourceTensor> stored = placement instanceof Placement.Straight && scales.values().length > 8
                ? scales.stored(candidates)
                : Optional.empty();
        float[] values = stored.isPresent() ? new float[0] : scales.values();
        for (int scheme : new int[] {QuantizePredictor.AFFINE, QuantizePredictor.AFFINE_RECIPROCAL}) {
            long period = inner * scales.values().length;
            Conversion conversion = new Conversion(
                    "quantize " + axis,
                    new QuantizePredictor(),
                    1,
                    first -> QuantizePredictor.affine(
                            placement.dtype(), scheme, inner, first % period, values, scales.zeroPoints()),
                    stored.map(List::of).orElse(List.of()));
            add(recipes, child, placement, conversion);
        }
    }

    /** The scales and zero points that lie beside a quantized tensor in its file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Scales(ChildTensor tensor, float[] values, int[] zeroPoints) {
        /** ONNX names them {@code X_quantized, X_scale, X_zero_point}; compressed-tensors {@code X, X_scale}. */
        static Optional<Scales> of(ChildTensor child) {
            String name = child.spec().name();
            String stem = name.endsWith(QUANTIZED) ? name.substring(0, name.length() - QUANTIZED.length()) : name;
            ChildTensor scale = child.sibling(stem + "_scale").orElse(null);
            if (scale == null || !scale.spec().dtype().isFloat() || !small(scale)) {
                return Optional.empty();
            }
            double[] wide = all(scale);
            float[] values = new float[wide.length];
            for (int i = 0; i < wide.length; i++) {
                values[i] = (float) wide[i];
            }
            // Where zero points cannot be read, quantizers put them in the middle.
            int[] zeroPoints = child.sibling(stem + "_zero_point")
                    .filter(zero -> SampledValues.readable(zero.spec().dtype()) && small(zero))
                    .map(Scales::points)
                    .orElse(new int[] {child.spec().dtype() == Dtype.U8 ? 128 : 0});
            boolean fit = zeroPoints.length == 1 || zeroPoints.length == values.length;
            return fit ? Optional.of(new Scales(scale, values, zeroPoints)) : Optional.empty();
        }

        private static int[] points(ChildTensor zero) {
            double[] points = all(zero);
            boolean uniform = true;
            for (double point : points) {
                uniform &= point == points[0];
            }
            int[] zeroPoints = new int[uniform ? 1 : points.length];
            for (int i = 0; i < zeroPoints.length; i++) {
                zeroPoints[i] = (int) Math.max(-255, Math.min(255, points[i]));
            }
            return zeroPoints;
        }

        private static boolean small(ChildTensor tensor) {
            long elements = tensor.spec().elements();
            return elements > 0 && elements <= MAX_CHANNELS;
        }

        private static double[] all(ChildTensor tensor) {
            return SampledValues.read(
                    tensor::read, tensor.spec().dtype(), 0, (int) tensor.spec().elements());
        }

        /** The same scales where they are stored already, so that frames name them instead of repeating them. */
        Optional<SourceTensor> stored(Candidates candidates) {
            return candidates.named(tensor.spec().name()).stream()
                    .filter(source -> source.rank() == SourceTensor.SAME_VERSION)
                    .filter(source ->
                            source.spec().equals(tensor.spec()) && tensor.spec().dtype() == Dtype.F32)
                    .findFirst();
        }
    }
}
