package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.LayoutBuilder;
import dev.mgit.delta.format.torch.Pickle.Call;
import dev.mgit.delta.format.torch.Pickle.Global;
import dev.mgit.delta.format.torch.Pickle.Items;
import dev.mgit.delta.format.torch.Pickle.Pairs;
import dev.mgit.delta.format.torch.Pickle.Persistent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors and storages in what torch.save pickled. A tensor is named by the keys that lead to it, joined by dots;
 * the attributes in which a module keeps its parts are left out of the path, so that a pickled module has the same
 * names as its state dict.
 */
final class TorchState {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NAME = 4096;
    private static final Set<String> MODULE_PARTS = Set.of("_modules", "_parameters", "_buffers");
    private static final Set<String> PARAMETERS = Set.of("_rebuild_parameter", "_rebuild_parameter_with_state");

    private final List<TorchTensor> tensors = new ArrayList<>();
    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private final IdentityHashMap<Object, Boolean> visited = new IdentityHashMap<>();

    private TorchState() {}

    static TorchState of(Object pickled) {
        var state = new TorchState();
        state.walk("", pickled, 0);
        return state;
    }

    /** In the order in which they were pickled. */
    List<TorchTensor> tensors() {
        return tensors;
    }

    Map<String, TorchStorage> storages() {
        return storages;
    }

    private void walk(String path, Object value, int depth) {
        // Shared parts are entered once; nothing real is nested or named beyond the limits.
        if (!hasParts(value) || depth > MAX_DEPTH || path.length() > MAX_NAME || visited.put(value, true) != null) {
            return;
        }
        if (value instanceof Items items) {
            for (int i = 0; i < items.values.size(); i++) {
                walkPart(path, (long) i, items.values.get(i), depth);
            }
        } else if (value instanceof Pairs pairs) {
            for (int i = 0; i < pairs.keys.size(); i++) {
                walkPart(path, pairs.keys.get(i), pairs.values.get(i), depth);
            }
        } else if (value instanceof Call call) {
            walkCall(path, call, depth);
        } else {
            storage(value);
        }
    }

    private static boolean hasParts(Object value) {
        return value instanceof Items || value instanceof Pairs || value instanceof Call || value instanceof Persistent;
    }

    private void walkPart(String path, Object key, Object value, int depth) {
        if (hasParts(value)) {
            walk(join(path, key), value, depth + 1);
        }
    }

    private void walkCall(String path, Call call, int depth) {
        Global function = call.function instanceof Global global ? global : new Global("", "");
        List<Object> arguments = call.arguments instanceof Items items ? items.values : List.of();
        if (function.module().equals("torch._utils") && PARAMETERS.contains(function.name()) && !arguments.isEmpty()) {
            walk(path, arguments.get(0), depth + 1);
        } else if (function.is("torch._tensor", "_rebuild_from_type_v2") && arguments.size() > 2) {
            walk(path, new Call(arguments.get(0), arguments.get(2)), depth + 1);
        } else if (function.module().equals("torch._utils") && function.name().startsWith("_rebuild_tensor")) {
            tensor(path, function.name(), arguments);
        } else {
            walk(path, call.arguments, depth + 1);
            walk(path, call.items, depth + 1);
            walk(path, call.pairs, depth + 1);
            if (call.state != null) {
                walk(path, call.state, depth + 1);
            }
        }
    }

    /** {@code _rebuild_tensor[_v2,_v3](storage, offset, size, stride, requires_grad, hooks, dtype or metadata, ...)}. */
    private void tensor(String path, String function, List<Object> arguments) {
        if (arguments.size() < 4 || !(arguments.get(1) instanceof Long offset)) {
            return;
        }
        TorchStorage storage = storage(arguments.get(0));
        List<Long> shape = numbers(arguments.get(2));
        List<Long> strides = numbers(arguments.get(3));
        if (storage == null || shape == null || strides == null || shape.size() != strides.size()) {
            return;
        }
        Optional<TorchTypes.Type> own = function.equals("_rebuild_tensor_v3") && arguments.size() > 6
                ? TorchTypes.dtype(arguments.get(6))
                : Optional.of(storage.type());
        own.ifPresent(type ->
                tensors.add(new TorchTensor(path.isEmpty() ? "tensor" : path, storage, type, offset, shape, strides)));
    }

    /** {@code ('storage', class, key, location, elements[, view])}. */
    private @Nullable TorchStorage storage(Object value) {
        if (!(value instanceof Persistent persistent)
                || !(persistent.id instanceof Items id)
                || id.values.size() < 5
                || !"storage".equals(id.values.get(0))
                || !(id.values.get(2) instanceof String key)
                || !(id.values.get(4) instanceof Long elements)) {
            return null;
        }
        Optional<TorchTypes.Type> type = TorchTypes.storage(id.values.get(1));
        if (type.isEmpty() || elements < 0 || elements > Long.MAX_VALUE / 16) {
            return null;
        }
        return storages.computeIfAbsent(key, k -> new TorchStorage(k, type.get(), elements));
    }

    /** A size or stride; newer pickles call torch.Size on the tuple. */
    private static @Nullable List<Long> numbers(Object value) {
        Object plain = value;
        if (value instanceof Call call && call.arguments instanceof Items items && items.values.size() == 1) {
            plain = items.values.get(0);
        }
        if (!(plain instanceof Items items) || items.values.size() > LayoutBuilder.MAX_RANK) {
            return null;
        }
        List<Long> numbers = new ArrayList<>();
        for (Object number : items.values) {
            if (!(number instanceof Long whole) || whole < 0) {
                return null;
            }
            numbers.add(whole);
        }
        return numbers;
    }

    private static String join(String path, Object key) {
        boolean plain = key instanceof String || key instanceof Long;
        if (!plain || MODULE_PARTS.contains(key.toString())) {
            return path;
        }
        return path.isEmpty() ? key.toString() : path + "." + key;
    }
}
