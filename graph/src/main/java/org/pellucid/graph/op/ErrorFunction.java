package org.pellucid.graph.op;

/**
 * The Gauss error function and its complement, by the rational Chebyshev approximations of W. J.
 * Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics of Computation 23
 * (1969), 631-637: relative error near 1e-16, for the complement also far in its tail.
 */
final class ErrorFunction {
  private static final double SQRT_PI = Math.sqrt(Math.PI);

  /** Beyond, the complement is below the smallest double. */
  private static final double VANISHES = 27.3;

  // erf(x) = x P(x^2) / Q(x^2) for |x| <= 0.46875; highest power first, as everywhere here.
  private static final double[] CENTRE_P = {
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3
  };
  private static final double[] CENTRE_Q = {
    1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
  };

  // erfc(x) = exp(-x^2) P(x) / Q(x) for 0.46875 <= x <= 4.
  private static final double[] MIDDLE_P = {
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3
  };
  private static final double[] MIDDLE_Q = {
    1,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3
  };

  // erfc(x) = exp(-x^2) / x (1 / sqrt(pi) - P(1/x^2) / Q(1/x^2) / x^2) for x >= 4.
  private static final double[] TAIL_P = {
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4
  };
  private static final double[] TAIL_Q = {
    1,
    2.56852019228982242e0,
    1.87295284992346047e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3
  };

  private ErrorFunction() {}

  /** 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
  static double erf(double x) {
    double size = Math.abs(x);
    if (size <= 0.46875) {
      return centre(x);
    }
    return Math.copySign(1 - positiveComplement(size), x);
  }

  /** 1 - erf(x), without the cancellation. */
  static double erfc(double x) {
    double size = Math.abs(x);
    if (size <= 0.46875) {
      return 1 - centre(x);
    }
    double complement = positiveComplement(size);
    return x < 0 ? 2 - complement : complement;
  }

  private static double centre(double x) {
    return x * polynomial(CENTRE_P, x * x) / polynomial(CENTRE_Q, x * x);
  }

  private static double positiveComplement(double x) {
    if (x > VANISHES) {
      return 0;
    }
    if (x <= 4) {
      return expOfMinusSquare(x) * polynomial(MIDDLE_P, x) / polynomial(MIDDLE_Q, x);
    }
    double inverse = 1 / (x * x);
    double correction = inverse * polynomial(TAIL_P, inverse) / polynomial(TAIL_Q, inverse);
    return expOfMinusSquare(x) / x * (1 / SQRT_PI - correction);
  }

  /** exp(-x^2) with x split so that the rounding of the square is not magnified. */
  private static double expOfMinusSquare(double x) {
    double coarse = Math.floor(x * 16) / 16;
    double rest = (x - coarse) * (x + coarse);
    return Math.exp(-coarse * coarse) * Math.exp(-rest);
  }

  private static double polynomial(double[] coefficients, double x) {
    double value = 0;
    for (double coefficient : coefficients) {
      value = value * x + coefficient;
    }
    return value;
  }
}
