package dev.mgit.lineage.tensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.numeric.Elements;
import dev.mgit.lineage.version.ObjectId;
import java.util.List;
import java.util.Optional;

/**
 * One tensor of a checkpoint, ready to be read.
 *
 * @param name its parameter name: for an ONNX initialiser without one of its own, the name its node in the graph gives
 * @param spec as the file has it
 * @param file path of the file it is in
 * @param bytes its data, row-major and little-endian
 * @param scaling how integers become the floats they stand for, where the checkpoint says so
 * @param companion whether it is a scale or zero point of another tensor
 * @param tiedTo the name of the tensor of its file that it is a second name of
 */
public record CheckpointTensor(
        String name,
        TensorSpec spec,
        ObjectId object,
        String file,
        ByteSource bytes,
        Optional<AffineQuantization> scaling,
        boolean companion,
        Optional<String> tiedTo) {
    CheckpointTensor withScaling(String newName, Optional<AffineQuantization> newScaling) {
        return new CheckpointTensor(newName, spec, object, file, bytes, newScaling, companion, tiedTo);
    }

    public CheckpointTensor withBytes(ByteSource other) {
        return new CheckpointTensor(name, spec, object, file, other, scaling, companion, tiedTo);
    }

    CheckpointTensor asCompanion() {
        return new CheckpointTensor(name, spec, object, file, bytes, Optional.empty(), true, tiedTo);
    }

    public List<Long> shape() {
        return spec.shape();
    }

    public long elements() {
        return spec.elements();
    }

    public boolean isMatrix() {
        return spec.shape().size() >= 2;
    }

    /** Whether nobody here knows what its bytes are. */
    public boolean isUnreadable() {
        return spec.dtype() == Dtype.OPAQUE;
    }

    public boolean hasNumbers() {
        return Elements.readable(spec.dtype());
    }
}
