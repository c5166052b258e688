package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Global;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.Persistent;
import dev.mgit.delta.layout.FormatException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Looks a pickle over for names that a checkpoint has no need of. Nothing is executed here in any case; but who loads the
 * same file with Python would execute it, and should know.
 */
final class Harmless {
    private static final Set<String> PACKAGES = Set.of(
            "torch",
            "collections",
            "argparse",
            "numpy",
            "megatron",
            "_codecs",
            "enum",
            "pathlib",
            "types",
            "datetime",
            "transformer_engine",
            "apex",
            "nemo",
            "dataclasses",
            "copyreg",
            "_io",
            "io",
            "signal");

    private static final Set<String> BUILTINS = Set.of(
            "set",
            "frozenset",
            "list",
            "dict",
            "tuple",
            "int",
            "float",
            "complex",
            "bool",
            "str",
            "bytes",
            "bytearray",
            "slice",
            "range",
            "object");

    private Harmless() {}

    /** @throws FormatException if it names anything else */
    static void require(Object pickle) {
        IdentityHashMap<Object, Boolean> seen = new IdentityHashMap<>();
        Deque<Object> open = new ArrayDeque<>();
        open.push(pickle);
        while (!open.isEmpty()) {
            Object value = open.pop();
            if (seen.put(value, true) != null) {
                continue;
            }
            if (value instanceof Global global) {
                require(global);
            } else if (value instanceof Items items) {
                items.values.forEach(open::push);
            } else if (value instanceof Pairs pairs) {
                pairs.keys.forEach(open::push);
                pairs.values.forEach(open::push);
            } else if (value instanceof Persistent persistent) {
                open.push(persistent.id);
            } else if (value instanceof Call call) {
                open.push(call.function);
                open.push(call.arguments);
                open.push(call.items);
                open.push(call.pairs);
                if (call.state != null) {
                    open.push(call.state);
                }
            }
        }
    }

    private static void require(Global global) {
        String module = global.module();
        boolean known = module.equals("builtins") || module.equals("__builtin__")
                ? BUILTINS.contains(global.name())
                : PACKAGES.contains(
                        module.substring(0, module.indexOf('.') < 0 ? module.length() : module.indexOf('.')));
        if (!known) {
            throw new FormatException(
                    "its pickle would call " + module + "." + global.name() + ", which no checkpoint needs",
                    "do not load this file with Python; fetch the checkpoint again from a source you trust");
        }
    }
}
