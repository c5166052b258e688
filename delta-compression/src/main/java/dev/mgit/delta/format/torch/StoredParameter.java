package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Global;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A file of the published MGit's parameter store ({@code utils/lineage/graph.py}, {@code save_param_store} and {@code
 * save_delta_store}): torch.save of {@code {param, is_delta}}, or of {@code {param: {x, shape}, is_delta, quantize_delta}}
 * with what lzma made of a quantized difference in 64-bit integers. Nothing of its pickle is executed; one that names what
 * no parameter needs is refused.
 *
 * @param whole the tensor, where it is stored whole
 * @param packed the difference as xz compressed it; empty where the tensor is stored whole
 * @param shape of the tensor
 */
public record StoredParameter(Optional<LogicalTensor> whole, byte[] packed, List<Long> shape) {
    private static final String HINT = "let MGit write the model's folder, and import again";

    /** @throws FormatException if it is no such file, or its pickle is not harmless */
    public static StoredParameter read(ByteSource source) throws IOException {
        try {
            Object pickle = MegatronShard.pickle(source);
            Harmless.require(pickle);
            if (!(pickle instanceof Pairs stored) || !(stored.get("is_delta") instanceof Boolean isDelta)) {
                throw new FormatException("it holds no parameter", HINT);
            }
            return isDelta ? difference(stored) : whole(source);
        } catch (UnsupportedException e) {
            throw new FormatException("its pickle has " + e.getMessage(), HINT);
        }
    }

    private static StoredParameter whole(ByteSource source) throws IOException {
        Optional<Layout> layout = new TorchReader().read("", source);
        LogicalTensor tensor = layout.flatMap(found -> found.tensors().stream()
                        .filter(one ->
                                one.name().equals("param") && one.unreadable().isEmpty())
                        .findFirst())
                .orElseThrow(() -> new FormatException("it holds no tensor that can be read", HINT));
        return new StoredParameter(
                Optional.of(tensor), new byte[0], tensor.spec().shape());
    }

    private static StoredParameter difference(Pairs stored) {
        if (!(stored.get("param") instanceof Pairs parts) || !parts.keys.contains("x")) {
            throw new FormatException(
                    "its difference was not compressed by lzma, the only way that MGit reads back as it wrote it",
                    HINT);
        }
        if (!Boolean.TRUE.equals(stored.get("quantize_delta"))) {
            throw new FormatException(
                    "its difference was stored without quantizing, which MGit itself reads back otherwise than it wrote it",
                    HINT);
        }
        List<Long> shape = TorchState.numbers(parts.get("shape"));
        byte[] packed = bytes(parts.get("x"));
        if (shape == null || packed.length == 0) {
            throw new FormatException("its difference has no shape, or no bytes", HINT);
        }
        return new StoredParameter(Optional.empty(), packed, shape);
    }

    /** Pickles of protocol 2 know no bytes: {@code _codecs.encode(text, 'latin1')} makes them. */
    private static byte[] bytes(Object value) {
        boolean encoded = value instanceof Call call
                && call.function instanceof Global function
                && function.is("_codecs", "encode")
                && call.arguments instanceof Items arguments
                && arguments.values.size() == 2
                && arguments.values.get(0) instanceof String
                && "latin1".equals(arguments.values.get(1));
        return encoded
                ? ((String) ((Items) ((Call) value).arguments).values.get(0)).getBytes(StandardCharsets.ISO_8859_1)
                : new byte[0];
    }
}
