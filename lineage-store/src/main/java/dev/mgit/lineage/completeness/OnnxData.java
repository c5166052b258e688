package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.io.IOException;

/** Files in which ONNX models keep their weights. */
final class OnnxData implements Completeness.Check {
    @Override
    public void look(CheckpointContents contents, MissingParts gaps) throws IOException {
        for (File file : contents.all()) {
            if (!file.layout().format().equals("onnx")) {
                continue;
            }
            try (FileByteSource source = FileByteSource.open(file.onDisk())) {
                gaps.missing(
                        file.path() + " keeps weights in",
                        OnnxReader.externalTensors(source).keySet().stream()
                                .map(data -> file.folder() + data)
                                .toList());
            } catch (FormatException e) {
                gaps.say(file.path() + " keeps weights in other files, but does not say which: " + e.getMessage());
            }
        }
    }
}
