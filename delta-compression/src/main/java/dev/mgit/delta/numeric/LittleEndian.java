package dev.mgit.delta.numeric;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Views of byte arrays as little-endian words, the order of every stored tensor. */
public final class LittleEndian {
    public static final VarHandle SHORT = view(short[].class);
    public static final VarHandle INT = view(int[].class);
    public static final VarHandle LONG = view(long[].class);

    private LittleEndian() {}

    private static VarHandle view(Class<?> words) {
        return MethodHandles.byteArrayViewVarHandle(words, ByteOrder.LITTLE_ENDIAN);
    }
}
