package dev.mgit.delta.format.onnx;

import dev.mgit.delta.Dtype;
import java.util.Optional;

/** The numbers of {@code TensorProto.DataType} in onnx.proto that are known here. */
final class OnnxDtypes {
    static final int FLOAT = 1;
    static final int STRING = 8;
    static final int DOUBLE = 11;

    private OnnxDtypes() {}

    static Optional<Dtype> byNumber(int number) {
        return Optional.ofNullable(
                switch (number) {
                    case FLOAT -> Dtype.F32;
                    case 2 -> Dtype.U8;
                    case 3 -> Dtype.I8;
                    case 4 -> Dtype.U16;
                    case 5 -> Dtype.I16;
                    case 6 -> Dtype.I32;
                    case 7 -> Dtype.I64;
                    case 9 -> Dtype.BOOL;
                    case 10 -> Dtype.F16;
                    case DOUBLE -> Dtype.F64;
                    case 12 -> Dtype.U32;
                    case 13 -> Dtype.U64;
                    case 14 -> Dtype.C64;
                    case 16 -> Dtype.BF16;
                    case 17 -> Dtype.F8_E4M3;
                    case 19 -> Dtype.F8_E5M2;
                    case 22 -> Dtype.I4;
                    case 24 -> Dtype.F8_E8M0;
                    default -> null;
                });
    }

    /** The same, with types that have a name and a size but are stored as bytes. */
    static Optional<Dtype> seenByNumber(int number) {
        return byNumber(number)
                .or(() -> Optional.ofNullable(
                        switch (number) {
                            case 15 -> Dtype.C128;
                            case 18 -> Dtype.F8_E4M3FNUZ;
                            case 20 -> Dtype.F8_E5M2FNUZ;
                            case 21 -> Dtype.U4;
                            case 23 -> Dtype.F4;
                            case 25 -> Dtype.U2;
                            case 26 -> Dtype.I2;
                            default -> null;
                        }));
    }
}
