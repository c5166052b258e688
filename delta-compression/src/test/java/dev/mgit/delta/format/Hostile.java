package dev.mgit.delta.format;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** What every reader must withstand, on a small healthy file of its format. */
public final class Hostile {
    private Hostile() {}

    /** A file of {@code src/test/resources/.../real}, written by the format's own library. */
    static byte[] real(String name) {
        try (InputStream in = Hostile.class.getResourceAsStream("real/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Layout layout(String fileName, byte[] bytes) {
        try {
            return Formats.layoutOf(fileName, new MemoryByteSource(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Formats.FileLayout reading(String fileName, byte[] bytes) {
        try {
            return Formats.read(fileName, new MemoryByteSource(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<TensorSpec> tensors(Layout layout) {
        return layout.ranges().stream()
                .flatMap(range -> range.tensor().stream())
                .toList();
    }

    static Layout.Range range(Layout layout, String tensor) {
        return layout.ranges().stream()
                .filter(range -> range.tensor()
                        .filter(spec -> spec.name().equals(tensor))
                        .isPresent())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no tensor " + tensor + " in " + layout));
    }

    /** Plain checks: this runs some hundred thousand times. */
    static void covers(Layout layout, long size) {
        long position = 0;
        Set<String> names = new HashSet<>();
        for (Layout.Range range : layout.ranges()) {
            check(range.offset() == position && range.length() >= 0, layout);
            position += range.length();
            if (range.tensor().isPresent()) {
                TensorSpec spec = range.tensor().get();
                check(spec.byteLength() == range.length() && names.add(spec.name()), layout);
            } else {
                check(range.length() > 0, layout);
            }
        }
        check(layout.packing().fileSize(position) == size, layout);
    }

    private static void check(boolean holds, Layout layout) {
        if (!holds) {
            throw new AssertionError("not a layout of the file: " + layout);
        }
    }

    /** A layout that covers the file, or a refusal; nothing else. */
    static boolean survives(String fileName, byte[] bytes) {
        try {
            covers(layout(fileName, bytes), bytes.length);
            return true;
        } catch (FormatException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith(fileName + ": ") || message.indexOf('\n') >= 0) {
                throw new AssertionError("not one clear sentence: " + message, e);
            }
            return false;
        }
    }

    /** Cuts the file at every byte; returns the lengths at which it was still accepted. */
    static List<Integer> acceptedWhenCut(String fileName, byte[] bytes) {
        List<Integer> accepted = new ArrayList<>();
        for (int length = 0; length < bytes.length; length++) {
            if (survives(fileName, Arrays.copyOf(bytes, length))) {
                accepted.add(length);
            }
        }
        return accepted;
    }

    static void flipEveryBit(String fileName, byte[] bytes) {
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            survives(fileName, flipped);
        }
    }

    /** Overwrites, inserts, removes and repeats bytes at random places, and puts in numbers that parsers trip over. */
    static void mutate(String fileName, byte[] bytes, long seed, int rounds) {
        Random random = new Random(seed);
        long[] nasty = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 31, 1L << 32, 1L << 62};
        for (int round = 0; round < rounds; round++) {
            byte[] mutant = bytes.clone();
            for (int edits = 1 + random.nextInt(4); edits > 0 && mutant.length > 0; edits--) {
                mutant = edit(mutant, random, nasty);
            }
            survives(fileName, mutant);
        }
    }

    private static byte[] edit(byte[] bytes, Random random, long[] nasty) {
        int at = random.nextInt(bytes.length);
        int run = 1 + random.nextInt(Math.min(16, bytes.length - at));
        byte[] head = Arrays.copyOf(bytes, at);
        byte[] middle = Arrays.copyOfRange(bytes, at, at + run);
        byte[] tail = Arrays.copyOfRange(bytes, at + run, bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> random.nextBytes(middle);
            case 1 -> middle = new byte[0];
            case 2 -> middle = concat(middle, middle);
            case 3 -> {
                long value = nasty[random.nextInt(nasty.length)];
                for (int i = 0; i < middle.length; i++) {
                    middle[i] = i < 8 ? (byte) (value >>> (8 * i)) : middle[i];
                }
            }
            default -> middle[0] = (byte) (middle[0] + (random.nextBoolean() ? 1 : -1));
        }
        return concat(head, middle, tail);
    }

    public static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
