package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Global;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.Persistent;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Of tensors that are made of others: these are data, not tensors with names. */
    private static final Set<String> PARTED =
            Set.of("_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor", "_rebuild_nested_tensor");

    /** Names by which parts are known that had one already; more is not looked for. */
    private static final int MAX_ALIASES = 1 << 16;

    private static final int MAX_REVISITS = 1 << 20;

    private final List<TorchTensor> tensors = new ArrayList<>();
    private final List<TorchView> views = new ArrayList<>();
    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private final IdentityHashMap<Object, Boolean> visited = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();
    /** Whether the walk is in a part that it has been in before, by another name. */
    private boolean again;

    /** Whether the walk is in a tensor that is made of others. */
    private boolean inside;

    private int revisits;
    private int aliases;

    private TorchState() {}

    static TorchState of(Object pickled) {
        var state = new TorchState();
        state.walk("", pickled, 0);
        return state;
    }

    /** Each once, in the order in which they were pickled, as far as their elements can be found. */
    List<TorchTensor> tensors() {
        return tensors;
    }

    /** All of them, under all of their names. */
    List<TorchView> views() {
        return views;
    }

    Map<String, TorchStorage> storages() {
        return storages;
    }

    private void walk(String path, Object value, int depth) {
        // Nothing real is nested or named beyond the limits.
        if (!hasParts(value) || depth > MAX_DEPTH || path.length() > MAX_NAME) {
            return;
        }
        boolean known = visited.put(value, true) != null;
        boolean wanted = !known || (aliases < MAX_ALIASES && ++revisits <= MAX_REVISITS);
        if (!wanted || open.put(value, true) != null) {
            return;
        }
        boolean outer = again;
        again |= known;
        parts(path, value, depth);
        again = outer;
        open.remove(value);
    }

    private void parts(String path, Object value, int depth) {
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
            boolean outer = inside;
            unreadable(path, function, arguments);
            inside |= PARTED.contains(function.name());
            walk(path, call.arguments, depth + 1);
            inside = outer;
            walk(path, call.items, depth + 1);
            walk(path, call.pairs, depth + 1);
            if (call.state != null) {
                walk(path, call.state, depth + 1);
            }
        }
    }

    /** {@code _rebuild_tensor[_v2,_v3](storage, offset, size, stride, requires_grad, hooks[, dtype][, metadata])}. */
    private void tensor(String path, String function, List<Object> arguments) {
        if (arguments.size() < 4 || !(arguments.get(1) instanceof Long offset)) {
            return;
        }
        TorchStorage storage = storage(arguments.get(0));
        List<Long> shape = numbers(arguments.get(2));
        List<Long> strides = numbers(arguments.get(3));
        if (shape == null || strides == null || shape.size() != strides.size()) {
            return;
        }
        boolean typed = function.equals("_rebuild_tensor_v3") && arguments.size() > 6;
        Object dtype = typed ? arguments.get(6) : Pickle.NONE;
        if (storage == null) {
            view(TorchView.unreadable(name(path), shape, Optional.empty(), "the type of its storage is not known"));
            return;
        }
        Optional<TorchTypes.Type> own = typed ? TorchTypes.dtype(dtype) : Optional.of(storage.type());
        Optional<TorchTypes.Type> seen = own.or(() -> TorchTypes.seen(dtype));
        Sign sign = sign(arguments, typed ? 7 : 6);
        Optional<TorchTensor> tensor =
                seen.map(type -> new TorchTensor(name(path), storage, type, offset, shape, strides, sign));
        if (own.isPresent() && !again) {
            tensors.add(tensor.orElseThrow());
        }
        String reason = dtype instanceof Global name ? "its dtype is " + name.module() + "." + name.name() : "";
        view(tensor.map(TorchView::of)
                .orElseGet(() -> TorchView.unreadable(name(path), shape, Optional.of(storage), reason)));
    }

    private void view(TorchView view) {
        if (!inside) {
            aliases += again ? 1 : 0;
            views.add(view);
        }
    }

    private static String name(String path) {
        return path.isEmpty() ? "tensor" : path;
    }

    private static Sign sign(List<Object> arguments, int at) {
        return arguments.size() > at && arguments.get(at) instanceof Pairs metadata
                ? Sign.of(isSet(metadata, "conj"), isSet(metadata, "neg"))
                : Sign.AS_STORED;
    }

    private static boolean isSet(Pairs metadata, String bit) {
        int at = metadata.keys.indexOf(bit);
        return at >= 0 && Boolean.TRUE.equals(metadata.values.get(at));
    }

    /** Tensors that torch keeps in another way than as a view of a storage. */
    private void unreadable(String path, Global function, List<Object> arguments) {
        if (!function.module().equals("torch._utils") || !function.name().startsWith("_rebuild_")) {
            return;
        }
        switch (function.name()) {
            case "_rebuild_qtensor" ->
                unreadable(
                        path, arguments, 2, arguments.isEmpty() ? null : storage(arguments.get(0)), "it is quantized");
            case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor" ->
                unreadable(path, sparse(arguments), -1, null, "it is sparse");
            case "_rebuild_nested_tensor" -> unreadable(path, arguments, Integer.MAX_VALUE, null, "it is nested");
            case "_rebuild_meta_tensor_no_storage" ->
                unreadable(path, arguments, 1, null, "it was saved without its data");
            case "_rebuild_wrapper_subclass" -> unreadable(path, arguments, 2, null, "it is of a class of its own");
            default -> {}
        }
    }

    /** {@code (layout, (indices, values, size, ...))}, or with two kinds of indices: the last but one that is a size. */
    private static List<Object> sparse(List<Object> arguments) {
        return arguments.size() > 1 && arguments.get(1) instanceof Items data ? data.values : List.of();
    }

    /** @param size which argument is the size; the last one that can be if negative */
    private void unreadable(
            String path, List<Object> arguments, int size, @Nullable TorchStorage storage, String reason) {
        List<Long> shape = null;
        if (size < 0) {
            for (Object argument : arguments) {
                List<Long> found = numbers(argument);
                shape = found == null ? shape : found;
            }
        } else if (size < arguments.size()) {
            shape = numbers(arguments.get(size));
        }
        view(TorchView.unreadable(name(path), shape == null ? List.of() : shape, Optional.ofNullable(storage), reason));
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
    static @Nullable List<Long> numbers(Object value) {
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
        String text = text(key);
        if (text.isEmpty() || MODULE_PARTS.contains(text)) {
            return path;
        }
        return path.isEmpty() ? text : path + "." + text;
    }

    /** A key as Python prints it; empty if it is no plain one. */
    private static String text(Object key) {
        if (key instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (key instanceof Items tuple && tuple.values.stream().allMatch(part -> part instanceof Long)) {
            return tuple.values.stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")"));
        }
        return key == Pickle.NONE
                ? "None"
                : key instanceof String || key instanceof Long || key instanceof Double ? key.toString() : "";
    }
}
