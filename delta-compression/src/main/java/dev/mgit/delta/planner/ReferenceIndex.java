package dev.mgit.delta.planner;

import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.numeric.LittleEndian;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where in stored opaque bytes a block's content is found again, whatever its place. Windows of {@value #WINDOW} bytes
 * whose hash falls on a sampled value are remembered, as in "Identifying and Filtering Near-Duplicate Documents"
 * (Broder, 2000); how densely they are sampled follows from how much there is, so that memory is bounded at 16 MB.
 *
 * <p>Sources are read once, when the first block asks. Safe for use by several threads.
 */
public final class ReferenceIndex {
    private static final int WINDOW = 16;
    private static final int MOST_SAMPLES = 1 << 18;
    private static final int DENSEST = 4;
    private static final int BUFFER = 1 << 20;

    private static final int MOST_PLACES = 64;
    /** Bytes of all places of a reference together: of a block of 8 MiB and around them. Searching them takes memory. */
    public static final int MOST_BYTES = 9 << 20;

    /**
     * Matches further apart than this are different places: the first with which what may be read has nearly all matches.
     * What lies between long matches is where short ones are.
     */
    private static final int[] GAPS = {MOST_BYTES, 1 << 20, 1 << 16};

    private static final double NEARLY_ALL = 0.9;
    /** For a short block it does not pay to read more than some times its length. */
    private static final int LEAST_BYTES = 1 << 20;

    private static final int TIMES_LENGTH = 4;
    /** Bytes taken along on both sides of the first and last match. */
    private static final int MARGIN = 1 << 10;

    /** What naming one place costs in a frame. */
    private static final int PLACE_BYTES = 64;

    private final List<SourceTensor> sources;
    private boolean built;
    private int rate;
    private long[] hashes = {};
    /** The source's number in the upper 24 bits, the offset in it below. */
    private long[] places = {};

    /** @param sources nearest version first */
    public ReferenceIndex(List<SourceTensor> sources) {
        this.sources = sources.stream()
                .filter(source -> source.spec().byteLength() >= WINDOW)
                .toList();
    }

    /** Stored bytes that hold much of a block; empty if there are hardly any. */
    public Optional<Prediction> predictionFor(byte[] block, int length) {
        if (sources.isEmpty() || length < 2 * PLACE_BYTES) {
            return Optional.empty();
        }
        build();
        List<Region> regions = places(block, length).stream()
                .map(place -> sources.get(place.source).region(place.from, place.length()))
                .toList();
        return regions.isEmpty()
                ? Optional.empty()
                : Optional.of(new Prediction(Predictors.REFERENCE, regions, new byte[0]));
    }

    /** A stretch of a source in which {@code matches} sampled windows of the block occur. */
    private static final class Place {
        private final int source;
        private long from;
        private long to;
        private int matches;

        private Place(int source, long offset) {
            this.source = source;
            this.from = offset;
            this.to = offset;
        }

        private int length() {
            return (int) (to - from);
        }

        private void cut(int most) {
            if (length() > most) {
                matches = (int) ((long) matches * most / length());
                to = from + most;
            }
        }
    }

    /** Places worth naming, in order. */
    private List<Place> places(byte[] block, int length) {
        long[] found = matches(block, length);
        int affordable = (int) Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (long) TIMES_LENGTH * length));
        List<Place> best = List.of();
        for (int gap : GAPS) {
            List<Place> places = affordable(places(found, gap), affordable);
            if (matches(places) > matches(best)) {
                best = places;
            }
            if (matches(best) >= NEARLY_ALL * found.length) {
                break;
            }
        }
        return best.stream()
                .sorted(Comparator.comparingInt((Place place) -> place.source).thenComparingLong(place -> place.from))
                .toList();
    }

    /** Those with most matches, the last of them cut. */
    private static List<Place> affordable(List<Place> places, int most) {
        places.sort(Comparator.comparingInt((Place place) -> place.matches).reversed());
        List<Place> taken = new ArrayList<>();
        int left = most;
        for (Place place : places) {
            if (taken.size() < MOST_PLACES && left > PLACE_BYTES) {
                place.cut(left);
                taken.add(place);
                left -= place.length();
            }
        }
        return taken;
    }

    private static int matches(List<Place> places) {
        return places.stream().mapToInt(place -> place.matches).sum();
    }

    /** Where sampled windows of the block occur, in order. */
    private long[] matches(byte[] block, int length) {
        long[] found = new long[length / DENSEST + 1];
        int count = 0;
        for (int i = 0; i + WINDOW <= length && count < found.length; i++) {
            long hash = hash(block, i);
            if (isSampled(hash)) {
                int slot = slot(hash);
                if (hashes[slot] == hash) {
                    found[count++] = places[slot];
                }
            }
        }
        Arrays.sort(found, 0, count);
        return Arrays.copyOf(found, count);
    }

    private List<Place> places(long[] found, int gap) {
        List<Place> all = new ArrayList<>();
        for (long match : found) {
            int source = (int) (match >>> 40);
            long offset = match & ((1L << 40) - 1);
            Place last = all.isEmpty() ? null : all.get(all.size() - 1);
            if (last == null
                    || last.source != source
                    || offset - last.to > gap
                    || offset - last.from > MOST_BYTES / 2) {
                last = new Place(source, offset);
                all.add(last);
            }
            last.to = offset;
            last.matches++;
        }
        all.removeIf(place -> (long) place.matches * rate < PLACE_BYTES);
        for (Place place : all) {
            place.from = Math.max(0, place.from - MARGIN);
            place.to = Math.min(sources.get(place.source).spec().byteLength(), place.to + WINDOW + MARGIN);
        }
        return all;
    }

    private synchronized void build() {
        if (built) {
            return;
        }
        long total =
                sources.stream().mapToLong(source -> source.spec().byteLength()).sum();
        rate = DENSEST;
        while (total / rate > MOST_SAMPLES) {
            rate *= 2;
        }
        int slots = Integer.highestOneBit((int) Math.max(WINDOW, total / rate)) * 4;
        hashes = new long[slots];
        places = new long[slots];
        byte[] buffer = new byte[BUFFER];
        for (int i = 0; i < sources.size(); i++) {
            add(i, buffer);
        }
        built = true;
    }

    private void add(int number, byte[] buffer) {
        SourceTensor source = sources.get(number);
        long size = source.spec().byteLength();
        for (long at = 0; at + WINDOW <= size; at += BUFFER - WINDOW + 1) {
            int length = (int) Math.min(BUFFER, size - at);
            source.read(at, buffer, length);
            for (int i = 0; i + WINDOW <= length; i++) {
                long hash = hash(buffer, i);
                if (isSampled(hash)) {
                    keep(hash, (long) number << 40 | (at + i));
                }
            }
        }
    }

    /** The first place of a window stays: sources come nearest first. */
    private void keep(long hash, long place) {
        int slot = slot(hash);
        if (hashes[slot] == 0) {
            hashes[slot] = hash;
            places[slot] = place;
        }
    }

    /** Where a hash is, or would be; the table is never more than half full. */
    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        for (int step = 0; hashes[slot] != 0 && hashes[slot] != hash && step < 64; step++) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean isSampled(long hash) {
        return (hash & (rate - 1)) == 0;
    }

    /** Never 0. */
    private static long hash(byte[] bytes, int at) {
        long mixed = (long) LittleEndian.LONG.get(bytes, at) * 0x9e3779b97f4a7c15L
                ^ Long.rotateLeft((long) LittleEndian.LONG.get(bytes, at + 8) * 0xc2b2ae3d27d4eb4fL, 31);
        mixed = (mixed ^ (mixed >>> 29)) * 0xbf58476d1ce4e5b9L;
        mixed ^= mixed >>> 32;
        return mixed == 0 ? 1L << 63 : mixed;
    }
}
