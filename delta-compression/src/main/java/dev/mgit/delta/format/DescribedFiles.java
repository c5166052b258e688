package dev.mgit.delta.format;

import dev.mgit.delta.format.tfjs.TfjsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Models of two or more files of which one describes the others: a manifest of TensorFlow.js and its shards, a graph and
 * the file of its weights. Several such models may lie in one folder.
 */
public final class DescribedFiles {
    /** Suffixes of graphs, and of the files of the same name that hold their weights. */
    private static final Map<String, String> TWINS = Map.of(
            ".param", ".bin", // ncnn
            ".xml", ".bin", // OpenVINO
            ".pdmodel", ".pdiparams", // PaddlePaddle
            ".prototxt", ".caffemodel", // Caffe
            ".cfg", ".weights"); // Darknet

    private DescribedFiles() {}

    /**
     * The files beside a file that it describes, as far as they are there.
     *
     * @return empty if it describes none
     */
    public static List<Path> of(Path file) throws IOException {
        List<Path> described = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            for (String name : names(file)) {
                Path beside = file.resolveSibling(name);
                if (Files.isRegularFile(beside) && !described.contains(beside)) {
                    described.add(beside);
                }
            }
        }
        return described;
    }

    /** What a model is called whose files this one describes: its name without what says that it is a description. */
    public static String stem(String fileName) {
        return fileName.replaceFirst("([-_.]?weights_manifest)?\\.[^.]*$", "");
    }

    private static List<String> names(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        String suffix = dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
        String twin = TWINS.get(suffix);
        if (twin != null) {
            return List.of(name.substring(0, dot) + twin);
        }
        return suffix.equals(".json") ? TfjsReader.shards(file) : List.of();
    }
}
