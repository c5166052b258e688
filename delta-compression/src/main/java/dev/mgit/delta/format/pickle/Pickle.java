package dev.mgit.delta.format.pickle;

import dev.mgit.delta.layout.ByteEscapes;
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
    public record Global(String module, String name) {
        public boolean is(String otherModule, String otherName) {
            return module.equals(otherModule) && name.equals(otherName);
        }
    }

    /**
     * Bytes of the pickle's file that were not read.
     *
     * @param escapes the ways in one of which they are text that stands for other bytes; none where they are as they are
     */
    public record Bytes(long offset, long length, List<ByteEscapes> escapes) {
        public Bytes {
            escapes = List.copyOf(escapes);
        }

        /** Bytes as they are. */
        public Bytes(long offset, long length) {
            this(offset, length, List.of());
        }
    }

    /** Something kept outside the pickle; torch puts storages there. */
    public static final class Persistent {
        public final Object id;

        Persistent(Object id) {
            this.id = id;
        }
    }

    /** A list, tuple or set. */
    public static final class Items {
        public final List<Object> values;

        Items() {
            this(new ArrayList<>());
        }

        Items(List<Object> values) {
            this.values = values;
        }
    }

    /** A dictionary, by position: {@code values.get(i)} belongs to {@code keys.get(i)}. */
    public static final class Pairs {
        public final List<Object> keys = new ArrayList<>();
        public final List<Object> values = new ArrayList<>();

        void put(Object key, Object value) {
            keys.add(key);
            values.add(value);
        }

        /** {@link #NONE} if there is no such key. */
        public Object get(String key) {
            int at = keys.lastIndexOf(key);
            return at < 0 ? NONE : values.get(at);
        }
    }

    /** A call that was not made, and what would have been added to its result. */
    public static final class Call {
        public final Object function;
        public final Object arguments;
        public final Items items = new Items();
        public final Pairs pairs = new Pairs();

        @Nullable
        public Object state;

        public Call(Object function, Object arguments) {
            this.function = function;
            this.arguments = arguments;
        }
    }

    /** A pickle that uses what the parser does not know: no damage, only beyond this reader. */
    public static class UnsupportedException extends Exception {
        private static final long serialVersionUID = 1L;

        public UnsupportedException(String message) {
            super(message);
        }
    }

    private Pickle() {}
}
