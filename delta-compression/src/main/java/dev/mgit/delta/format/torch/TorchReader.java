package dev.mgit.delta.format.torch;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.format.pickle.PickleParser;
import dev.mgit.delta.format.torch.TorchView.Place;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.delta.layout.UnsupportedFormatException;
import dev.mgit.delta.layout.ZipDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what torch.save and torch.jit.save write: the zip form (a pickle {@code data.pkl} and a stored file for each
 * storage; of TorchScript also its constants), and the bare pickles of torch before 1.6. The forms are described in PyTorch's "Serialization semantics" notes and by
 * {@code torch/serialization.py}. The pickle is parsed as data, never executed; a file that uses anything unknown, or
 * holds no tensors, is not claimed.
 */
public final class TorchReader implements FormatReader {
    private static final List<String> SUFFIXES = List.of(".pt", ".pth", ".bin", ".ckpt");
    private static final String PICKLE = "/data.pkl";
    /** What TorchScript compiled into a module, all its weights if it was frozen. */
    private static final String CONSTANTS = "constants";

    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_VERSION = 1001;
    private static final long LONGEST_MAGIC = 64;
    private static final int LONGEST_ORDER = 16;
    private static final long MAX_PICKLE = 1L << 28;

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // every entry of the zip archive has its CRC-32
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(lower::endsWith);
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        try {
            Optional<List<ZipDirectory.Entry>> entries = ZipDirectory.read(source);
            return entries.isPresent() ? zip(source, entries.get()) : legacy(source);
        } catch (UnsupportedException e) {
            throw new UnsupportedFormatException("its pickle has " + e.getMessage());
        }
    }

    private Optional<Layout> zip(ByteSource source, List<ZipDirectory.Entry> entries)
            throws IOException, UnsupportedException {
        Optional<ZipDirectory.Entry> pickle =
                entries.stream().filter(entry -> entry.name().endsWith(PICKLE)).findFirst();
        if (pickle.isEmpty()) {
            return Optional.empty();
        }
        String folder = pickle.get().name().substring(0, pickle.get().name().length() - PICKLE.length());
        Order order = Order.LITTLE_ENDIAN;
        for (ZipDirectory.Entry entry : entries) {
            if (entry.name().equals(folder + "/byteorder")) {
                order = order(source, entry);
            }
        }
        Optional<Layout> state = pickled(source, entries, folder + "/data", order);
        Optional<Layout> constants = pickled(source, entries, folder + "/" + CONSTANTS, order);
        if (constants.isEmpty()) {
            return state;
        }
        var both = new LayoutBuilder(name(), source.size());
        state.ifPresent(found -> both.embed(found, 0, name -> name));
        both.embed(constants.get(), 0, name -> CONSTANTS + "." + name);
        return Optional.of(both.build());
    }

    /** A pickle in the archive with the storages in the folder of its name, if it is there. */
    private Optional<Layout> pickled(ByteSource source, List<ZipDirectory.Entry> entries, String pickle, Order order)
            throws IOException, UnsupportedException {
        Map<String, Place> places = new HashMap<>();
        ZipDirectory.Entry found = null;
        for (ZipDirectory.Entry entry : entries) {
            if (found == null && entry.name().equals(pickle + ".pkl")) {
                found = entry;
            } else if (entry.stored() && entry.name().startsWith(pickle + "/")) {
                places.put(entry.name().substring(pickle.length() + 1), new Place(entry.offset(), entry.length()));
            }
        }
        if (found == null) {
            return Optional.empty();
        }
        if (!found.stored() || found.length() > MAX_PICKLE) {
            throw new UnsupportedFormatException(
                    "its " + found.name() + " is compressed, or longer than " + MAX_PICKLE + " bytes");
        }
        var slice = new SliceByteSource(source, found.offset(), found.length());
        TorchState state = TorchState.of(PickleParser.parse(new Cursor(slice)));
        return layout(source, state, places, order);
    }

    private static Order order(ByteSource source, ZipDirectory.Entry entry) throws IOException {
        byte[] word = new byte[(int) Math.min(LONGEST_ORDER, entry.length())];
        source.read(entry.offset(), word, 0, word.length);
        String order = entry.stored() ? new String(word, StandardCharsets.ISO_8859_1) : "compressed";
        return switch (order) {
            case "little" -> Order.LITTLE_ENDIAN;
            case "big" -> Order.BIG_ENDIAN;
            default -> throw new UnsupportedFormatException("its byte order is not known: " + order);
        };
    }

    /** Pickles of a magic number, a version, facts about the system, the object, and the storages' keys; then each. */
    private Optional<Layout> legacy(ByteSource source) throws IOException, UnsupportedException {
        Cursor in = new Cursor(source);
        if (!beginsWithMagic(source)) {
            return Optional.empty();
        }
        PickleParser.parse(in);
        if (!Long.valueOf(LEGACY_VERSION).equals(PickleParser.parse(in))) {
            throw new UnsupportedFormatException(
                    "torch saved it in a version of which only " + LEGACY_VERSION + " is known");
        }
        if (isBigEndian(PickleParser.parse(in))) {
            throw new UnsupportedFormatException("its storages are big-endian");
        }
        TorchState state = TorchState.of(PickleParser.parse(in));
        if (!(PickleParser.parse(in) instanceof Items keys)) {
            throw new UnsupportedFormatException("the keys of its storages are not a list");
        }
        Map<String, Place> places = new HashMap<>();
        for (Object key : keys.values) {
            TorchStorage storage = key instanceof String text ? state.storages().get(text) : null;
            if (storage == null) {
                throw new UnsupportedFormatException("its pickle does not describe storage " + key);
            }
            long elements = in.i64();
            if (elements != storage.elements()) {
                throw new FormatException("storage " + key + " has " + storage.elements() + " elements, but the count "
                        + "before byte " + in.position() + " is " + elements);
            }
            places.put(storage.key(), new Place(in.position(), storage.bytes()));
            in.skip(storage.bytes());
        }
        return layout(source, state, places, Order.LITTLE_ENDIAN);
    }

    /** Protocols 2 and later begin with their number, older ones with the line of a long. */
    private static boolean beginsWithMagic(ByteSource source) throws IOException {
        var in = new Cursor(new SliceByteSource(source, 0, Math.min(source.size(), LONGEST_MAGIC)));
        int first = in.atEnd() ? 0 : in.u8();
        if (first != 0x80 && first != 'L') {
            return false;
        }
        in.seek(0);
        try {
            return LEGACY_MAGIC.equals(PickleParser.parse(in));
        } catch (UnsupportedException | FormatException e) {
            return false; // some other pickle
        }
    }

    private static boolean isBigEndian(Object system) {
        if (!(system instanceof Pickle.Pairs facts)) {
            return true;
        }
        int at = facts.keys.indexOf("little_endian");
        return at < 0 || !Boolean.TRUE.equals(facts.values.get(at));
    }

    /**
     * Dense views become ranges, of bytes where elements are big-endian; a storage without one is a range of one dimension, named by the first view of it.
     * Without any tensor, as in the settings that trainers save beside a model, this is no checkpoint.
     */
    private Optional<Layout> layout(ByteSource source, TorchState state, Map<String, Place> places, Order order)
            throws IOException {
        if (state.views().isEmpty()) {
            return Optional.empty();
        }
        var layout = new LayoutBuilder(name(), source.size());
        Set<String> covered = new HashSet<>();
        for (TorchTensor tensor : state.tensors()) {
            Place place = places.get(tensor.storage().key());
            Optional<TensorSpec> spec = place == null ? Optional.empty() : spec(tensor, place);
            if (place != null && spec.isPresent()) {
                layout.range(place.offset() + tensor.offset() * tensor.type().bytes(), stored(spec.get(), order));
                covered.add(tensor.storage().key());
            }
        }
        for (TorchTensor tensor : state.tensors()) {
            Place place = places.get(tensor.storage().key());
            if (place != null
                    && place.length() > 0
                    && covered.add(tensor.storage().key())) {
                layout.range(place.offset(), stored(whole(tensor, place.length()), order));
            }
        }
        for (TorchView view : state.views()) {
            layout.view(view.seen(key -> Optional.ofNullable(places.get(key)), order));
        }
        return Optional.of(layout.build());
    }

    private static TensorSpec stored(TensorSpec spec, Order order) {
        return order == Order.BIG_ENDIAN && spec.dtype().bytes() > 1
                ? LayoutBuilder.opaque(spec.name(), spec.byteLength())
                : spec;
    }

    private static Optional<TensorSpec> spec(TorchTensor tensor, Place place) {
        Optional<TensorSpec> dense = tensor.dense();
        if (dense.isEmpty()) {
            return dense;
        }
        int width = tensor.type().bytes();
        long elements = dense.get().elements();
        boolean inside = tensor.offset() >= 0
                && elements <= place.length() / width
                && tensor.offset() <= place.length() / width - elements;
        if (!inside) {
            throw new FormatException("tensor " + tensor.name() + " has " + elements + " elements of " + width
                    + " bytes from element " + tensor.offset() + " on, but its storage "
                    + tensor.storage().key()
                    + " only " + place.length() + " bytes");
        }
        return tensor.type().dtype() == Dtype.OPAQUE
                ? Optional.of(LayoutBuilder.opaque(tensor.name(), elements * width))
                : dense;
    }

    private static TensorSpec whole(TorchTensor tensor, long bytes) {
        Dtype dtype = tensor.type().dtype();
        return dtype == Dtype.OPAQUE || bytes % dtype.bytes() != 0
                ? LayoutBuilder.opaque(tensor.name(), bytes)
                : new TensorSpec(tensor.name(), dtype, List.of(bytes / dtype.bytes()));
    }
}
