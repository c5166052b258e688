package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.format.pickle.PickleParser;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.delta.layout.ZipDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rank's part of a model as Megatron-LM's legacy checkpoints hold it ({@code training/checkpointing.py}): a file of
 * torch.save with {@code args}, {@code checkpoint_version} and {@code model}. Nothing of its pickle is executed; one that
 * names what no checkpoint needs is refused.
 *
 * @param tensors of the model, by name, without the optimizer's
 * @param arguments of the training that are numbers, texts or truth values
 * @param version {@code checkpoint_version}; 0 if there is none
 */
public record MegatronShard(Map<String, LogicalTensor> tensors, Map<String, Object> arguments, double version) {
    private static final String MODEL = "model.";
    private static final String HINT = "convert the checkpoint with Megatron-LM's own tools, or commit it as it is";

    /**
     * Reads a shard's pickle; of its tensors only where they are.
     *
     * @param name what the file is called in messages
     * @throws FormatException if it is not such a file, or its pickle is not harmless
     */
    public static MegatronShard read(String name, ByteSource source) throws IOException {
        try {
            Object pickle = pickle(source);
            Harmless.require(pickle);
            if (!(pickle instanceof Pairs state)) {
                throw new FormatException("it holds no dictionary", HINT);
            }
            if (state.get("model") == Pickle.NONE) {
                throw new FormatException(
                        state.get("model0") == Pickle.NONE
                                ? "it has no 'model'"
                                : "it was saved by interleaved pipeline stages ('model0', 'model1', …), which are not read",
                        HINT);
            }
            Layout layout = new TorchReader()
                    .read(name, source)
                    .orElseThrow(() -> new FormatException("it holds no tensors", HINT));
            Map<String, LogicalTensor> tensors = new LinkedHashMap<>();
            for (LogicalTensor tensor : layout.tensors()) {
                if (tensor.name().startsWith(MODEL) && !tensor.name().contains("_extra_state")) {
                    tensors.put(tensor.name().substring(MODEL.length()), tensor);
                }
            }
            double version = state.get("checkpoint_version") instanceof Number number ? number.doubleValue() : 0;
            return new MegatronShard(tensors, arguments(state.get("args")), version);
        } catch (UnsupportedException e) {
            throw new FormatException(name + ": its pickle has " + e.getMessage(), HINT);
        } catch (FormatException e) {
            throw e.in(name);
        }
    }

    static Object pickle(ByteSource source) throws IOException, UnsupportedException {
        Optional<List<ZipDirectory.Entry>> entries = ZipDirectory.read(source);
        ZipDirectory.Entry pickle = entries.flatMap(all -> all.stream()
                        .filter(entry -> entry.name().endsWith("/data.pkl") && entry.stored())
                        .findFirst())
                .orElseThrow(() -> new FormatException("it was not saved by torch.save of torch 1.6 or later", HINT));
        return PickleParser.parse(new Cursor(new SliceByteSource(source, pickle.offset(), pickle.length())));
    }

    /** The plain members of the {@code argparse.Namespace}. */
    private static Map<String, Object> arguments(Object args) {
        Map<String, Object> plain = new LinkedHashMap<>();
        if (args instanceof Call call && call.state instanceof Pairs members) {
            for (int i = 0; i < members.keys.size(); i++) {
                Object value = members.values.get(i);
                boolean isPlain = value instanceof Long
                        || value instanceof Double
                        || value instanceof Boolean
                        || value instanceof String;
                if (isPlain && members.keys.get(i) instanceof String key) {
                    plain.put(key, value);
                }
            }
        }
        return plain;
    }
}
