package dev.mgit.delta.format;

import dev.mgit.delta.layout.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a file seems to be whose tensors no reader lists, by its name and how it begins. A model is what bears the name
 * of one, and whatever is large, binary and neither media, data, an archive nor a program.
 *
 * @param what in words, e.g. {@code TensorFlow Lite}
 * @param isModel whether it holds a model's weights, as far as can be told
 */
public record FileKind(String what, boolean isModel) {
    /** Bytes from which on a binary file of no known kind is taken for weights. */
    static final long LARGE = 1 << 20;

    private static final int HEAD = 4096;

    /** What trainers write beside the weights, and tokenizers. */
    private static final Pattern NO_WEIGHTS = Pattern.compile(
            "(training_args|optimizer|scheduler|scaler|rng_state|random_states|tokenizer|vocab|spiece|sentencepiece)"
                    + ".*");

    private static final Pattern TENSORFLOW_SHARD = Pattern.compile(".*\\.data-\\d{5}-of-\\d{5}");

    /** A whole file compressed by itself keeps the suffix of what it holds. */
    private static final Pattern COMPRESSED = Pattern.compile("\\.(gz|xz|zst|bz2|lz4)$");

    private static final Map<String, String> MODELS = models(
            "safetensors=safetensors",
            "gguf ggml llamafile=GGML",
            "onnx onnx_data ort=ONNX",
            "pt pth ckpt bin th t7 pth.tar pt2 ptl pte mar jit torchscript distcp=PyTorch",
            "pkl pickle joblib dill=Python pickle",
            "npy npz=NumPy",
            "h5 hdf5 keras=Keras",
            "pb meta tflite lite task circle litertlm=TensorFlow",
            "msgpack eqx orbax=JAX",
            "ot=LibTorch",
            "mlmodel mlpackage=Core ML",
            "engine plan trt etlt uff=TensorRT",
            "nemo=NeMo",
            "traineddata=Tesseract",
            "ftz=fastText",
            "caffemodel=Caffe",
            "params=MXNet",
            "weights=Darknet",
            "pdparams pdmodel pdiparams pdopt=PaddlePaddle",
            "mnn=MNN",
            "tmfile=Tengine",
            "rten=RTen",
            "dlc=SNPE",
            "om=Ascend",
            "hef har=Hailo",
            "rknn=RKNN",
            "kmodel=nncase",
            "blob=OpenVINO",
            "vmfb=IREE",
            "xmodel axmodel cvimodel=NPU",
            "cbm=CatBoost",
            "ubj xgb=XGBoost",
            "lgb=LightGBM");

    /** How a file begins, as Latin-1, with the place where it does. */
    private record Magic(int offset, String bytes, String what, boolean isModel) {}

    private static final List<Magic> MAGICS = List.of(
            new Magic(0, "\u0089HDF\r\n\u001a\n", "HDF5", true),
            new Magic(4, "TFL3", "TensorFlow Lite", true),
            new Magic(0, "GGUF", "GGML", true),
            new Magic(0, "\u0093NUMPY", "NumPy", true),
            new Magic(5, "\0\0\0{\"", "safetensors", true),
            new Magic(0, "\u0089PNG", "image", false),
            new Magic(0, "\u00ff\u00d8\u00ff", "image", false),
            new Magic(0, "GIF8", "image", false),
            new Magic(0, "RIFF", "sound, image or video", false),
            new Magic(0, "fLaC", "sound", false),
            new Magic(0, "OggS", "sound", false),
            new Magic(0, "ID3", "sound", false),
            new Magic(4, "ftyp", "video", false),
            new Magic(0, "\u001aE\u00df\u00a3", "video", false),
            new Magic(0, "\u001f\u008b", "gzip archive", false),
            new Magic(0, "\u00fd7zXZ", "xz archive", false),
            new Magic(0, "(\u00b5/\u00fd", "zstd archive", false),
            new Magic(0, "BZh", "bzip2 archive", false),
            new Magic(0, "7z\u00bc\u00af", "7z archive", false),
            new Magic(0, "Rar!", "rar archive", false),
            new Magic(0, "PK\u0003\u0004", "zip archive", false),
            new Magic(257, "ustar", "tar archive", false),
            new Magic(0, "%PDF", "document", false),
            new Magic(0, "PAR1", "Parquet data", false),
            new Magic(0, "ARROW1", "Arrow data", false),
            new Magic(0, "SQLite format 3", "database", false),
            new Magic(0, "\u007fELF", "program", false),
            new Magic(0, "MZ", "program", false),
            new Magic(0, "\u00ca\u00fe\u00ba\u00be", "program", false),
            new Magic(0, "\u00cf\u00fa\u00ed\u00fe", "program", false),
            new Magic(0, "\0asm", "program", false),
            new Magic(0, "wOF", "font", false),
            new Magic(0, "OTTO", "font", false));

    private static final Pattern DATA = Pattern.compile(
            ".*\\.(mp3|aac|avi|mpe?g|mov|pyc|so|dll|dylib|o|a|jar|tfrecords?|arrow|feather|parquet|orc|avro|idx|mdb|lmdb|db|ttf)"
                    + "|events\\.out\\.tfevents.*");

    /**
     * Looks at a file.
     *
     * @param fileName the file's name without folders
     */
    public static FileKind of(String fileName, ByteSource source) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        byte[] head = new byte[(int) Math.min(HEAD, source.size())];
        source.read(0, head, 0, head.length);
        if (NO_WEIGHTS.matcher(name).matches()) {
            return new FileKind(isText(head) ? "text" : "tokenizer or training state", false);
        }
        Optional<String> named = byName(name);
        if (head.length == 0) {
            return new FileKind("empty", named.isPresent());
        }
        if (isText(head) && !"Python pickle".equals(named.orElse(""))) {
            return new FileKind("text", false);
        }
        boolean large = source.size() >= LARGE;
        return named.map(format -> new FileKind(format, true))
                .or(() -> byBeginning(head))
                .orElseGet(() -> DATA.matcher(name).matches()
                        ? new FileKind("data", false)
                        : new FileKind("of no known format", large));
    }

    /** The format of model that a file's name stands for, whatever is in it. */
    public static Optional<String> byName(String fileName) {
        String name = COMPRESSED.matcher(fileName.toLowerCase(Locale.ROOT)).replaceFirst("");
        if (TENSORFLOW_SHARD.matcher(name).matches()) {
            return Optional.of("TensorFlow");
        }
        int dot = suffix(name);
        return dot < 0 ? Optional.empty() : Optional.ofNullable(MODELS.get(name.substring(dot + 1)));
    }

    /** A file's name without the suffix of its format, if it is a model's. */
    public static String stem(String fileName) {
        if (byName(fileName).isEmpty()) {
            return fileName;
        }
        String name = COMPRESSED.matcher(fileName.toLowerCase(Locale.ROOT)).replaceFirst("");
        return fileName.substring(0, suffix(name));
    }

    private static int suffix(String name) {
        return name.endsWith(".pth.tar") ? name.length() - ".pth.tar".length() : name.lastIndexOf('.');
    }

    private static Optional<FileKind> byBeginning(byte[] head) {
        String beginning = new String(head, StandardCharsets.ISO_8859_1);
        return MAGICS.stream()
                .filter(magic -> beginning.startsWith(magic.bytes(), magic.offset()))
                .map(magic -> new FileKind(magic.what(), magic.isModel()))
                .findFirst();
    }

    /** UTF-8 without NUL; a character may be cut at the end of what was read. */
    private static boolean isText(byte[] head) {
        for (byte unit : head) {
            if (unit == 0) {
                return false;
            }
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        return head.length > 0
                && !decoder.decode(ByteBuffer.wrap(head), CharBuffer.allocate(head.length), false)
                        .isError();
    }

    private static Map<String, String> models(String... lines) {
        Map<String, String> models = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            for (String suffix : line.substring(0, equals).split(" ")) {
                models.put(suffix, line.substring(equals + 1));
            }
        }
        return Map.copyOf(models);
    }
}
