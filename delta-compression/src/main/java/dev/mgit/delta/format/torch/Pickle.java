package dev.mgit.delta.format.torch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle describes, as plain data. Text, {@link Long}, {@link Double} and {@link Boolean} stand for themselves;
 * everything else is one of the classes here. Nothing is ever imported, called or built: a call is a note of what would
 * have been called. The classes compare by identity, since hostile data may contain themselves.
 */
public final class Pickle {
    /** Python's None, and values nobody here has a use for. */
    public static final Object NONE = new Object();

    /** The name of something that a Python interpreter would import. */
    record Global(String module, String name) {
        boolean is(String otherModule, String otherName) {
            return module.equals(otherModule) && name.equals(otherName);
        }
    }

    /** Something kept outside the pickle; torch puts storages there. */
    static final class Persistent {
        final Object id;

        Persistent(Object id) {
            this.id = id;
        }
    }

    /** A list, tuple or set. */
    static final class Items {
        final List<Object> values;

        Items() {
            this(new ArrayList<>());
        }

        Items(List<Object> values) {
            this.values = values;
        }
    }

    /** A dictionary, by position: {@code values.get(i)} belongs to {@code keys.get(i)}. */
    static final class Pairs {
        final List<Object> keys = new ArrayList<>();
        final List<Object> values = new ArrayList<>();

        void put(Object key, Object value) {
            keys.add(key);
            values.add(value);
        }
    }

    /** A call that was not made, and what would have been added to its result. */
    static final class Call {
        final Object function;
        final Object arguments;
        final Items items = new Items();
        final Pairs pairs = new Pairs();

        @Nullable
        Object state;

        Call(Object function, Object arguments) {
            this.function = function;
            this.arguments = arguments;
        }
    }

    /** A pickle that uses what torch.save does not: no damage, only beyond this reader. */
    public static final class UnsupportedException extends Exception {
        private static final long serialVersionUID = 1L;

        public UnsupportedException(String message) {
            super(message);
        }
    }

    private Pickle() {}
}
