package dev.mgit.lineage.sign;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.InvalidParameterSpecException;
import java.util.Optional;

/** The curves that model signing knows, each with the digest that Sigstore pairs it with. */
enum Curve {
    P256("secp256r1", "SHA256withECDSA"),
    P384("secp384r1", "SHA384withECDSA"),
    P521("secp521r1", "SHA512withECDSA");

    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private final String standardName;
    private final String algorithm;

    Curve(String standardName, String algorithm) {
        this.standardName = standardName;
        this.algorithm = algorithm;
    }

    String algorithm() {
        return algorithm;
    }

    String standardName() {
        return standardName;
    }

    ECParameterSpec parameters() throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(standardName));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    static Optional<Curve> of(ECParameterSpec used) throws GeneralSecurityException {
        for (Curve curve : values()) {
            ECParameterSpec known = curve.parameters();
            if (known.getCurve().equals(used.getCurve())
                    && known.getGenerator().equals(used.getGenerator())
                    && known.getOrder().equals(used.getOrder())) {
                return Optional.of(curve);
            }
        }
        return Optional.empty();
    }

    /** The public point of a private key, which PKCS #8 need not have: the generator times the scalar. */
    ECPoint publicPoint(BigInteger scalar) throws GeneralSecurityException {
        ECParameterSpec spec = parameters();
        if (scalar.signum() <= 0 || scalar.compareTo(spec.getOrder()) >= 0) {
            throw new InvalidParameterSpecException("the private key is not a number below the curve's order");
        }
        BigInteger prime = ((ECFieldFp) spec.getCurve().getField()).getP();
        BigInteger a = spec.getCurve().getA();
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
            sum = add(sum, sum, a, prime);
            if (scalar.testBit(bit)) {
                sum = add(sum, spec.getGenerator(), a, prime);
            }
        }
        return sum;
    }

    private static ECPoint add(ECPoint one, ECPoint other, BigInteger a, BigInteger prime) {
        if (one.equals(ECPoint.POINT_INFINITY)) {
            return other;
        }
        if (other.equals(ECPoint.POINT_INFINITY)) {
            return one;
        }
        BigInteger x = one.getAffineX();
        BigInteger y = one.getAffineY();
        BigInteger slope;
        if (!x.equals(other.getAffineX())) {
            slope = other.getAffineY()
                    .subtract(y)
                    .multiply(other.getAffineX().subtract(x).modInverse(prime));
        } else if (y.equals(other.getAffineY()) && y.signum() != 0) {
            slope = x.multiply(x)
                    .multiply(THREE)
                    .add(a)
                    .multiply(y.multiply(TWO).modInverse(prime));
        } else {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger newX = slope.multiply(slope).subtract(x).subtract(other.getAffineX());
        BigInteger newY = slope.multiply(x.subtract(newX)).subtract(y);
        return new ECPoint(newX.mod(prime), newY.mod(prime));
    }
}
