package dev.mgit.delta.deflate;

import java.util.Arrays;

/**
 * A Huffman code with a longest length, built as zlib builds it: of several codes that are equally short the one that its
 * heap and its way of shortening overlong codes lead to.
 */
final class CodeTree {
    private static final int MAX_BITS = 15;

    final int[] frequencies;
    /** By symbol; more room than symbols, as nodes come after them. */
    final byte[] lengths;
    /** The last symbol that has a code. */
    int last;

    short[] codes = {};

    private final int symbols;
    private final int longest;
    private final int[] extra;
    private final int extraFrom;
    private final int[] parents;
    private final int[] depths;
    private final int[] heap;
    /** Symbols that do not occur and have a code all the same. */
    private final int[] padding = new int[2];

    private int paddings;
    private int heapSize;
    private int sorted;

    /**
     * @param extra bits that follow the code of a symbol, from symbol {@code extraFrom} on
     * @param longest code length
     */
    CodeTree(int symbols, int[] extra, int extraFrom, int longest) {
        int nodes = 2 * symbols + 1;
        this.symbols = symbols;
        this.extra = extra;
        this.extraFrom = extraFrom;
        this.longest = longest;
        this.frequencies = new int[nodes];
        this.lengths = new byte[nodes];
        this.parents = new int[nodes];
        this.depths = new int[nodes];
        this.heap = new int[nodes];
    }

    void clear() {
        Arrays.fill(frequencies, 0, symbols, 0);
    }

    /** Finds the code for the frequencies. */
    void build() {
        heapSize = 0;
        paddings = 0;
        last = -1;
        Arrays.fill(lengths, (byte) 0);
        for (int symbol = 0; symbol < symbols; symbol++) {
            if (frequencies[symbol] != 0) {
                last = symbol;
                heap[++heapSize] = symbol;
                depths[symbol] = 0;
            }
        }
        padToTwo();
        for (int at = heapSize / 2; at >= 1; at--) {
            sift(at);
        }
        combine();
        for (int i = 0; i < paddings; i++) {
            frequencies[padding[i]] = 0;
        }
        assignLengths();
        codes = Symbols.codes(lengths, last + 1);
    }

    /** A code has two symbols at least, if need be such as do not occur. */
    private void padToTwo() {
        while (heapSize < 2) {
            int symbol = last < 2 ? ++last : 0;
            heap[++heapSize] = symbol;
            frequencies[symbol] = 1;
            depths[symbol] = 0;
            padding[paddings++] = symbol;
        }
    }

    /** Joins the two rarest until one is left; the heap's upper end keeps all nodes by falling frequency. */
    private void combine() {
        sorted = heap.length;
        int node = symbols;
        do {
            int rarest = heap[1];
            heap[1] = heap[heapSize--];
            sift(1);
            int next = heap[1];
            heap[--sorted] = rarest;
            heap[--sorted] = next;
            frequencies[node] = frequencies[rarest] + frequencies[next];
            depths[node] = Math.max(depths[rarest], depths[next]) + 1;
            parents[rarest] = node;
            parents[next] = node;
            heap[1] = node++;
            sift(1);
        } while (heapSize >= 2);
        heap[--sorted] = heap[1];
    }

    private void sift(int from) {
        int at = from;
        int value = heap[at];
        for (int child = at << 1; child <= heapSize; child <<= 1) {
            if (child < heapSize && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (isBefore(value, heap[child])) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }

    private boolean isBefore(int a, int b) {
        return frequencies[a] < frequencies[b] || frequencies[a] == frequencies[b] && depths[a] <= depths[b];
    }

    private void assignLengths() {
        int[] perLength = new int[MAX_BITS + 1];
        int[] bits = new int[heap.length];
        int overlong = 0;
        for (int h = sorted + 1; h < heap.length; h++) {
            int node = heap[h];
            int length = bits[parents[node]] + 1;
            if (length > longest) {
                length = longest;
                overlong++;
            }
            bits[node] = length;
            if (node < symbols) {
                lengths[node] = (byte) length;
                perLength[length]++;
            }
        }
        if (overlong > 0) {
            shorten(perLength, overlong);
        }
    }

    /** Makes room for what had to be cut to the longest length, and hands the lengths out anew, the longest to the rarest. */
    private void shorten(int[] perLength, int cut) {
        int overlong = cut;
        for (; overlong > 0; overlong -= 2) {
            int length = longest - 1;
            while (perLength[length] == 0) {
                length--;
            }
            perLength[length]--;
            perLength[length + 1] += 2;
            perLength[longest]--;
        }
        int h = heap.length;
        for (int length = longest; length != 0; length--) {
            for (int left = perLength[length]; left > 0; ) {
                int node = heap[--h];
                if (node < symbols) {
                    lengths[node] = (byte) length;
                    left--;
                }
            }
        }
    }

    /** Bits that the symbols take in this code, those that follow them included. */
    long cost() {
        return cost(lengths);
    }

    /** Bits that they take in another code. */
    long cost(byte[] code) {
        long bits = 0;
        for (int symbol = 0; symbol <= last; symbol++) {
            if (frequencies[symbol] > 0) {
                int more = symbol >= extraFrom ? extra[symbol - extraFrom] : 0;
                bits += (long) frequencies[symbol] * (code[symbol] + more);
            }
        }
        return bits;
    }
}
