package org.pellucid.backend.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.backend.cuda.CudaException;

/**
 * One instruction at a time, with answers worked out by hand from the PTX ISA. Each runs with all
 * threads, and again with every other thread held back by a guard, whose result must stay.
 */
class InstructionsTest {
  private static final int NAN = 0x7fc00000;
  private static final int INF = 0x7f800000;
  private static final int ONE = 0x3f800000;
  private static final int MINUS = 0x80000000;

  static Stream<Arguments> instructions32() {
    return Stream.of(
        arguments("add.s32", 0x7fffffff, 1, 0, 0x80000000),
        arguments("add.sat.s32", 0x7fffffff, 1, 0, 0x7fffffff),
        arguments("sub.s32", 3, 5, 0, -2),
        arguments("sub.sat.s32", 0x80000000, 1, 0, 0x80000000),
        arguments("mul.lo.s32", 0x10001, 0x10001, 0, 0x20001),
        arguments("mul.hi.s32", -2, 3, 0, -1),
        arguments("mul.hi.u32", -2, 3, 0, 2),
        arguments("mad.lo.s32", 3, 4, 5, 17),
        arguments("mad.hi.u32", -1, -1, 5, 3),
        arguments("div.s32", -7, 2, 0, -3),
        arguments("div.u32", -7, 2, 0, 0x7ffffffc),
        arguments("rem.s32", -7, 2, 0, -1),
        arguments("rem.u32", -7, 10, 0, 9),
        arguments("min.s32", -1, 1, 0, -1),
        arguments("min.u32", -1, 1, 0, 1),
        arguments("max.s32", -1, 1, 0, 1),
        arguments("max.u32", -1, 1, 0, -1),
        arguments("abs.s32", -5, 0, 0, 5),
        arguments("neg.s32", 5, 0, 0, -5),
        arguments("sad.u32", 3, 10, 100, 107),
        arguments("sad.s32", -3, 10, 100, 113),
        arguments("dp4a.s32.s32", 0x01ff0203, 0x04050607, 10, 10 + 4 - 5 + 12 + 21),
        arguments("dp4a.u32.u32", 0x01ff0203, 0x04050607, 10, 10 + 4 + 1275 + 12 + 21),
        arguments("and.b32", 0b1100, 0b1010, 0, 0b1000),
        arguments("or.b32", 0b1100, 0b1010, 0, 0b1110),
        arguments("xor.b32", 0b1100, 0b1010, 0, 0b0110),
        arguments("not.b32", 0, 0, 0, -1),
        arguments("cnot.b32", 0, 0, 0, 1),
        arguments("cnot.b32", 7, 0, 0, 0),
        arguments("shl.b32", 1, 31, 0, 0x80000000),
        arguments("shl.b32", 1, 32, 0, 0),
        arguments("shr.u32", 0x80000000, 31, 0, 1),
        arguments("shr.u32", 0x80000000, 40, 0, 0),
        arguments("shr.s32", 0x80000000, 40, 0, -1),
        arguments("shr.s32", 0x80000000, 4, 0, 0xf8000000),
        arguments("shf.l.wrap.b32", 0x80000001, 0x12345678, 4, 0x23456788),
        arguments("shf.l.clamp.b32", 0x80000001, 0x12345678, 40, 0x80000001),
        arguments("shf.r.wrap.b32", 0x12345678, 0x0000000f, 36, 0xf1234567),
        arguments("prmt.b32", 0x33221100, 0x77665544, 0x0246, 0x00224466),
        arguments("prmt.b32", 0x33228100, 0x77665544, 0x9999, -1),
        arguments("bfe.u32", 0xabcdef12, 8, 8, 0xef),
        arguments("bfe.s32", 0xabcdef12, 8, 8, 0xffffffef),
        arguments("bfe.u32", 0xabcdef12, 28, 16, 0xa),
        arguments("bfe.s32", 0xabcdef12, 28, 16, 0xfffffffa),
        arguments("bfe.u32", 0xabcdef12, 5, 0, 0),
        arguments("brev.b32", 1, 0, 0, 0x80000000),
        arguments("popc.b32", 0xf0f00001, 0, 0, 9),
        arguments("clz.b32", 1, 0, 0, 31),
        arguments("clz.b32", 0, 0, 0, 32),
        arguments("bfind.u32", 0x00010000, 0, 0, 16),
        arguments("bfind.u32", 0, 0, 0, -1),
        arguments("bfind.s32", -1, 0, 0, -1),
        arguments("bfind.shiftamt.u32", 0x00010000, 0, 0, 15),
        // float32, by bits
        arguments("add.f32", ONE, ONE, 0, 0x40000000),
        arguments("add.rn.f32", ONE, 0x33800000, 0, ONE),
        arguments("add.rp.f32", ONE, 0x33800000, 0, 0x3f800001),
        arguments("add.rz.f32", 0xbf800000, 0xb3800000, 0, 0xbf800000),
        arguments("add.rm.f32", 0xbf800000, 0xb3800000, 0, 0xbf800001),
        arguments("sub.f32", ONE, 0x40000000, 0, 0xbf800000),
        arguments("sub.rm.f32", ONE, 0x31000000, 0, 0x3f7fffff),
        arguments("mul.f32", 0x40000000, 0x40400000, 0, 0x40c00000),
        arguments("mul.rz.f32", 0x3f800001, 0x3f800001, 0, 0x3f800002),
        arguments("mul.rp.f32", 0x3f800001, 0x3f800001, 0, 0x3f800003),
        arguments("mul.ftz.f32", 0x00800000, 0x3f000000, 0, 0),
        arguments("mul.f32", 0x00800000, 0x3f000000, 0, 0x00400000),
        arguments("add.sat.f32", ONE, ONE, 0, ONE),
        arguments("add.sat.f32", NAN, ONE, 0, 0),
        // (1 + 2^-23)^2 - (1 + 2^-22) is 2^-46 exactly, and 0 where the product is rounded.
        arguments("fma.rn.f32", 0x3f800001, 0x3f800001, 0xbf800002, 0x28800000),
        arguments("fma.rm.f32", 0x3f800001, 0x3f800001, 0, 0x3f800002),
        arguments("fma.rp.f32", 0x3f800001, 0x3f800001, 0, 0x3f800003),
        arguments("div.rn.f32", ONE, 0x40400000, 0, 0x3eaaaaab),
        arguments("div.rz.f32", ONE, 0x40400000, 0, 0x3eaaaaaa),
        arguments("div.rp.f32", ONE, 0xc0400000, 0, 0xbeaaaaaa),
        arguments("div.full.f32", ONE, 0x40800000, 0, 0x3e800000),
        arguments("rcp.rn.f32", 0x40400000, 0, 0, 0x3eaaaaab),
        arguments("rcp.rm.f32", 0x40400000, 0, 0, 0x3eaaaaaa),
        arguments("sqrt.rn.f32", 0x40000000, 0, 0, 0x3fb504f3),
        arguments("sqrt.rp.f32", 0x40000000, 0, 0, 0x3fb504f4),
        arguments("sqrt.rm.f32", 0x40000000, 0, 0, 0x3fb504f3),
        arguments("rsqrt.approx.f32", 0x40800000, 0, 0, 0x3f000000),
        arguments("ex2.approx.f32", 0x40400000, 0, 0, 0x41000000),
        arguments("lg2.approx.f32", 0x41000000, 0, 0, 0x40400000),
        arguments("sin.approx.f32", 0, 0, 0, 0),
        arguments("cos.approx.f32", 0, 0, 0, ONE),
        arguments("tanh.approx.f32", INF, 0, 0, ONE),
        arguments("neg.f32", ONE, 0, 0, 0xbf800000),
        arguments("abs.f32", 0xbf800000, 0, 0, ONE),
        arguments("copysign.f32", 0xbf800000, 0x40000000, 0, 0xc0000000),
        arguments("min.f32", NAN, ONE, 0, ONE),
        arguments("min.f32", ONE, NAN, 0, ONE),
        arguments("max.f32", NAN, ONE, 0, ONE),
        arguments("max.NaN.f32", NAN, ONE, 0, NAN),
        arguments("min.f32", 0, MINUS, 0, MINUS),
        arguments("max.f32", MINUS, 0, 0, 0),
        // pairs of float16 and bfloat16
        arguments("add.rn.f16x2", 0x3c003c00, 0x40003c00, 0, 0x42004000),
        arguments("fma.rn.f16x2", 0x3c014000, 0x3c014200, 0xbc020000, 0x00104600),
        arguments("mul.bf16x2", 0x40003f80, 0x40404000, 0, 0x40c04000),
        arguments("max.bf16x2", 0x3f80bf80, 0x40000000, 0, 0x40000000),
        // choices
        arguments("slct.s32.s32", 11, 22, -1, 22),
        arguments("slct.s32.s32", 11, 22, 0, 11),
        arguments("set.lt.u32.s32", -1, 1, 0, -1),
        arguments("set.lt.f32.u32", 1, -1, 0, ONE));
  }

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @MethodSource
  void instructions32(String opcode, int a, int b, int c, int expected) {
    int operands = operands(opcode);
    String registers = "%d0, %a0" + (operands > 1 ? ", %b0" : "") + (operands > 2 ? ", %c0" : "");
    check(opcode + " " + registers + ";", a, b, c, expected & 0xffffffffL);
  }

  /** How many operands an instruction reads. */
  private static int operands(String opcode) {
    if (opcode.matches(
        "(abs|neg|not|cnot|rcp|r?sqrt|sin|cos|ex2|lg2|tanh|brev|popc|clz|bfind).*")) {
      return 1;
    }
    return opcode.matches("(mad|fma|sad|dp4a|shf|prmt|bfe|slct).*") ? 3 : 2;
  }

  /** The lower half of what is left counts. */
  private static void check(String line, long a, long b, long c, long expected) {
    String widen = "\ncvt.u64.u32 %d, %d0;";
    assertThat(all(line + widen, a, b, c)).containsOnly(expected);
    // Threads of odd number are held back, and keep the 7 that they had.
    String guarded =
        "and.b32 %r0, %r15, 1; setp.eq.u32 %p0, %r0, 0; mov.b32 %d0, 7;\n@%p0 " + line + widen;
    long[] half = all(guarded, a, b, c);
    for (int i = 0; i < half.length; i++) {
      assertThat(half[i]).isEqualTo(i % 2 == 0 ? expected : 7);
    }
  }

  private static long[] all(String body, long a, long b, long c) {
    int threads = 40;
    return Snippet.run(body, filled(threads, a), filled(threads, b), filled(threads, c));
  }

  private static long[] filled(int length, long value) {
    long[] all = new long[length];
    Arrays.fill(all, value);
    return all;
  }

  static Stream<Arguments> lines() {
    long one = Double.doubleToRawLongBits(1);
    long third = Double.doubleToRawLongBits(1.0 / 3);
    return Stream.of(
        arguments("add.s64 %d, %a, %b;", Long.MAX_VALUE, 1L, 0L, Long.MIN_VALUE),
        arguments("sub.s64 %d, %a, %b;", 1L, 3L, 0L, -2L),
        arguments("mul.lo.s64 %d, %a, %b;", 1L << 40, 3L, 0L, 3L << 40),
        arguments("mul.hi.u64 %d, %a, %b;", -1L, -1L, 0L, -2L),
        arguments("mul.hi.s64 %d, %a, %b;", -1L, -1L, 0L, 0L),
        arguments("mad.lo.s64 %d, %a, %b, %c;", 3L, 4L, 5L, 17L),
        arguments("div.s64 %d, %a, %b;", -7L, 2L, 0L, -3L),
        arguments("div.u64 %d, %a, %b;", -1L, 2L, 0L, Long.MAX_VALUE),
        arguments("rem.u64 %d, %a, %b;", -1L, 10L, 0L, 5L),
        arguments("max.u64 %d, %a, %b;", -1L, 1L, 0L, -1L),
        arguments("min.s64 %d, %a, %b;", -1L, 1L, 0L, -1L),
        arguments("shl.b64 %d, %a, 63;", 1L, 0L, 0L, Long.MIN_VALUE),
        arguments("shr.s64 %d, %a, 70;", -5L, 0L, 0L, -1L),
        arguments("shr.u64 %d, %a, 60;", -1L, 0L, 0L, 15L),
        arguments("bfe.u64 %d, %a, 40, 8;", 0x12345678_9abcdef0L, 0L, 0L, 0x56L),
        arguments("bfi.b64 %d, %a, %b, 8, 8;", 0xabL, -1L, 0L, 0xffff_ffff_ffff_abffL),
        arguments("brev.b64 %d, %a;", 1L, 0L, 0L, Long.MIN_VALUE),
        arguments("clz.b64 %d0, %a; cvt.u64.u32 %d, %d0;", 1L, 0L, 0L, 63L),
        arguments("popc.b64 %d0, %a; cvt.u64.u32 %d, %d0;", -1L, 0L, 0L, 64L),
        arguments("mul.wide.s32 %d, %a0, %b0;", -2L, 3L, 0L, -6L),
        arguments("mul.wide.u32 %d, %a0, %b0;", 0xfffffffeL, 3L, 0L, 0x2fffffffaL),
        arguments("mad.wide.s32 %d, %a0, %b0, %c;", -2L, 3L, 10L, 4L),
        arguments("lop3.b32 %d0, %a0, %b0, %c0, 0x96; cvt.u64.u32 %d, %d0;", 12L, 10L, 6L, 0L),
        arguments("lop3.b32 %d0, %a0, %b0, %c0, 0xe8; cvt.u64.u32 %d, %d0;", 12L, 10L, 6L, 14L),
        arguments("bfi.b32 %d0, %a0, %b0, 4, 8; cvt.u64.u32 %d, %d0;", 0xabL, 0L, 0L, 0xab0L),
        // A sum of 64 bits in two halves, and a difference.
        arguments(
            "mov.b64 {%r0, %r1}, %a; mov.b64 {%r2, %r3}, %b; add.cc.u32 %r4, %r0, %r2;"
                + " addc.u32 %r5, %r1, %r3; mov.b64 %d, {%r4, %r5};",
            0xffffffffL, 1L, 0L, 1L << 32),
        arguments(
            "mov.b64 {%r0, %r1}, %a; mov.b64 {%r2, %r3}, %b; sub.cc.u32 %r4, %r0, %r2;"
                + " subc.u32 %r5, %r1, %r3; mov.b64 %d, {%r4, %r5};",
            1L << 32, 1L, 0L, 0xffffffffL),
        arguments("add.f64 %d, %a, %b;", one, one, 0L, Double.doubleToRawLongBits(2)),
        arguments("div.rn.f64 %d, %a, %b;", one, Double.doubleToRawLongBits(3), 0L, third),
        arguments("rcp.rn.f64 %d, %a;", Double.doubleToRawLongBits(3), 0L, 0L, third),
        arguments(
            "fma.rn.f64 %d, %a, %b, %c;",
            one + 1,
            one + 1,
            Double.doubleToRawLongBits(-1 - Math.scalb(1.0, -51)),
            Double.doubleToRawLongBits(Math.scalb(1.0, -104))),
        arguments(
            "sqrt.rn.f64 %d, %a;", Double.doubleToRawLongBits(9), 0L, 0L, 0x4008000000000000L),
        arguments("max.f64 %d, %a, %b;", Double.doubleToRawLongBits(Double.NaN), one, 0L, one),
        arguments("mul.lo.s16 %dh, %ah, %bh; cvt.s64.s16 %d, %dh;", 0x100L, 0x101L, 0L, 0x100L),
        arguments("mul.wide.s16 %d0, %ah, %bh; cvt.s64.s32 %d, %d0;", 0xffffL, 3L, 0L, -3L),
        arguments("add.u16 %dh, %ah, %bh; cvt.u64.u16 %d, %dh;", 0xffffL, 2L, 0L, 1L),
        arguments("shr.s16 %dh, %ah, 1; cvt.s64.s16 %d, %dh;", 0x8000L, 0L, 0L, -16384L),
        arguments("and.b16 %dh, %ah, %bh; cvt.u64.u16 %d, %dh;", 0xff0L, 0xf0fL, 0L, 0xf00L),
        arguments(
            "fma.rn.bf16 %dh, %ah, %bh, %ch; cvt.u64.u16 %d, %dh;",
            0x4000L, 0x4040L, 0x3f80L, 0x40e0L),
        arguments(
            "mov.b32 %d0, {%ah, %bh}; cvt.u64.u32 %d, %d0;", 0x1234L, 0x5678L, 0L, 0x56781234L),
        arguments("mov.b32 {%h0, %h1}, %a0; cvt.u64.u16 %d, %h1;", 0x56781234L, 0L, 0L, 0x5678L),
        arguments("mov.b64 {%r0, _}, %a; cvt.u64.u32 %d, %r0;", 0x1_0000_0002L, 0L, 0L, 2L),
        arguments("{ .reg .b64 %x0; mov.b64 %x0, %a; mov.b64 %d, %x0; }", 5L, 0L, 0L, 5L),
        arguments(
            "mov.b64 %x0, 9; { .reg .b64 %x0; mov.b64 %x0, %a; } mov.b64 %d, %x0;", 5L, 0L, 0L, 9L),
        arguments("setp.lt.and.s32 %p0|%p1, %a0, %b0, 1; selp.b64 %d, 3, 4, %p0;", 1L, 2L, 0L, 3L),
        arguments("setp.lt.and.s32 %p0|%p1, %a0, %b0, 1; selp.b64 %d, 3, 4, %p1;", 1L, 2L, 0L, 4L),
        arguments("setp.eq.s64 %p0, %a, %b; selp.b64 %d, 3, 4, !%p0;", 1L, 1L, 0L, 4L));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void lines(String line, long a, long b, long c, long expected) {
    assertThat(all(line, a, b, c)).containsOnly(expected);
  }

  static Stream<Arguments> comparisons() {
    return Stream.of(
        // eq ne lt le gt ge for 1 and 2, 2 and 2, -1 and 1
        arguments("s32", 1L, 2L, "011100"),
        arguments("s32", 2L, 2L, "100101"),
        arguments("s32", -1L, 1L, "011100"),
        arguments("u32", -1L, 1L, "010011"),
        arguments("s64", -1L, 1L, "011100"),
        arguments("u64", -1L, 1L, "010011"),
        arguments("s16", -1L, 1L, "011100"),
        arguments("u16", -1L, 1L, "010011"),
        arguments("f32", (long) ONE, 0x40000000L, "011100"),
        arguments("f32", 0L, 0x80000000L, "100101"),
        arguments("f32", (long) NAN, (long) ONE, "000000"),
        arguments("f64", 0x7ff8000000000000L, 0L, "000000"),
        arguments("f16", 0x3c00L, 0x4000L, "011100"),
        arguments("bf16", 0x7fc0L, 0x3f80L, "000000"));
  }

  /** Each comparison has a bit of the answer. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource
  void comparisons(String type, long a, long b, String expected) {
    StringBuilder found = new StringBuilder();
    for (String name : new String[] {"eq", "ne", "lt", "le", "gt", "ge"}) {
      found.append(compare(name, type, a, b));
    }
    assertThat(found).hasToString(expected);
  }

  /** Unordered comparisons hold where an operand is not a number; num and nan tell which. */
  @Test
  void unorderedComparisons() {
    StringBuilder found = new StringBuilder();
    for (String name : new String[] {"equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"}) {
      found.append(compare(name, "f32", NAN, ONE)).append(compare(name, "f32", ONE, 0x40000000));
    }
    assertThat(found).hasToString("1011111110100110");
  }

  @Test
  void unsignedNamesOfComparisons() {
    assertThat(
            compare("lo", "u32", 1, -1)
                + compare("ls", "u32", 1, 1)
                + compare("hi", "u32", 1, -1)
                + compare("hs", "u32", -1, 1))
        .isEqualTo("1101");
  }

  private static String compare(String name, String type, long a, long b) {
    String suffix = type.endsWith("64") ? "" : type.endsWith("16") ? "h" : "0";
    String line =
        "setp."
            + name
            + "."
            + type
            + " %p0, %a"
            + suffix
            + ", %b"
            + suffix
            + "; selp.b64 %d, 1, 0, %p0;";
    return Long.toString(all(line, a, b, 0)[0]);
  }

  static Stream<Arguments> conversions() {
    return Stream.of(
        arguments("cvt.s64.s32 %d, %a0;", 0xffffffffL, -1L),
        arguments("cvt.u64.u32 %d, %a0;", 0xffffffffL, 0xffffffffL),
        arguments("cvt.s32.s8 %d0, %a0; cvt.s64.s32 %d, %d0;", 0x80L, -128L),
        arguments("cvt.sat.u8.s32 %d0, %a0; cvt.u64.u32 %d, %d0;", 300L, 255L),
        arguments("cvt.sat.s8.s32 %d0, %a0; cvt.s64.s32 %d, %d0;", -300L, -128L),
        arguments("cvt.rn.f32.s32 %d0, %a0; cvt.u64.u32 %d, %d0;", 16777217L, 0x4b800000L),
        arguments("cvt.rp.f32.s32 %d0, %a0; cvt.u64.u32 %d, %d0;", 16777217L, 0x4b800001L),
        arguments("cvt.rn.f32.u32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0xffffffffL, 0x4f800000L),
        arguments("cvt.rz.f32.u32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0xffffffffL, 0x4f7fffffL),
        arguments("cvt.rn.f32.s64 %d0, %a; cvt.u64.u32 %d, %d0;", (1L << 40) + 1, 0x53800000L),
        arguments("cvt.rp.f32.s64 %d0, %a; cvt.u64.u32 %d, %d0;", (1L << 60) + 1, 0x5d800001L),
        arguments("cvt.rn.f32.u64 %d0, %a; cvt.u64.u32 %d, %d0;", -1L, 0x5f800000L),
        arguments("cvt.rn.f64.s64 %d, %a;", -3L, Double.doubleToRawLongBits(-3)),
        arguments("cvt.rn.f64.u64 %d, %a;", -1L, Double.doubleToRawLongBits(0x1p64)),
        arguments("cvt.rzi.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", 0xc0200000L, -2L),
        arguments("cvt.rni.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", 0x40200000L, 2L),
        arguments("cvt.rmi.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", 0xc0200000L, -3L),
        arguments("cvt.rpi.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", 0x40200000L, 3L),
        arguments("cvt.rzi.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", 0x7f800000L, 0x7fffffffL),
        arguments("cvt.rzi.s32.f32 %d0, %a0; cvt.s64.s32 %d, %d0;", (long) NAN, 0L),
        arguments("cvt.rzi.u32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0xc0200000L, 0L),
        arguments("cvt.rzi.u32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0x4f700000L, 0xf0000000L),
        arguments("cvt.rzi.u64.f32 %d, %a0;", 0x5f000000L, Long.MIN_VALUE),
        arguments("cvt.rzi.u64.f32 %d, %a0;", 0x5f800000L, -1L),
        arguments("cvt.rmi.f32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0xc0200000L, 0xc0400000L),
        arguments("cvt.rni.f32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0x40600000L, 0x40800000L),
        arguments("cvt.sat.f32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0x40200000L, (long) ONE),
        arguments("cvt.f64.f32 %d, %a0;", 0x40200000L, Double.doubleToRawLongBits(2.5)),
        arguments(
            "cvt.rn.f32.f64 %d0, %a; cvt.u64.u32 %d, %d0;",
            Double.doubleToRawLongBits(0.1), 0x3dcccccdL),
        arguments(
            "cvt.rz.f32.f64 %d0, %a; cvt.u64.u32 %d, %d0;",
            Double.doubleToRawLongBits(0.1), 0x3dccccccL),
        // 1 + 2^-11 is halfway in tf32: away from zero with rna, to even with rn.
        arguments("cvt.rna.tf32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0x3f801000L, 0x3f802000L),
        arguments("cvt.rn.tf32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0x3f801000L, 0x3f800000L),
        arguments("cvt.rna.tf32.f32 %d0, %a0; cvt.u64.u32 %d, %d0;", 0xbf803000L, 0xbf804000L),
        arguments("cvt.rn.f16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", (long) ONE, 0x3c00L),
        arguments("cvt.rn.f16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x477ff000L, 0x7c00L),
        arguments("cvt.rz.f16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x477ff000L, 0x7bffL),
        arguments("cvt.rn.f16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x33800000L, 0x0001L),
        arguments("cvt.rn.f16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x33000000L, 0x0000L),
        arguments("cvt.f32.f16 %d0, %ah; cvt.u64.u32 %d, %d0;", 0x0001L, 0x33800000L),
        arguments("cvt.f32.f16 %d0, %ah; cvt.u64.u32 %d, %d0;", 0xfc00L, 0xff800000L),
        arguments("cvt.rn.bf16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x3f808000L, 0x3f80L),
        arguments("cvt.rn.bf16.f32 %dh, %a0; cvt.u64.u16 %d, %dh;", 0x3f818000L, 0x3f82L),
        arguments(
            "cvt.rn.bf16x2.f32 %d0, %a0, %b0; cvt.u64.u32 %d, %d0;", 0x3f800000L, 0x3f800000L));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource
  void conversions(String line, long a, long expected) {
    assertThat(all(line, a, 0, 0)).containsOnly(expected);
  }

  /** Registers of no type may be used as integers here and as floats there. */
  @Test
  void registersOfNoTypeHoldAnything() {
    assertThat(
            all(
                "mov.b32 %r0, %a0; add.f32 %r1, %r0, %r0; add.f32 %r2, %r1, %r1; shr.u32 %r3, %r2, 1;"
                    + " cvt.u64.u32 %d, %r3;",
                ONE, 0, 0))
        .containsOnly(0x40800000L >> 1);
  }

  @Test
  void anInstructionThatIsNotKnownIsNamedWhenThePtxIsLoaded() {
    assertThatThrownBy(() -> all("wgmma.fence.sync.aligned;", 0, 0, 0))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("CUDA_ERROR_INVALID_PTX")
        .hasMessageContaining("wgmma.fence.sync.aligned");
  }

  @Test
  void threadsPartAndMeetAgain() {
    // Collatz: each thread goes round its loop as often as its number needs.
    String body =
        """
        mov.u32 %r0, %r15;
        add.u32 %r0, %r0, 1;
        mov.u32 %r1, 0;
        LOOP:
        setp.eq.u32 %p0, %r0, 1;
        @%p0 bra DONE;
        and.b32 %r2, %r0, 1;
        setp.eq.u32 %p1, %r2, 0;
        @%p1 bra EVEN;
        mad.lo.u32 %r0, %r0, 3, 1;
        bra.uni NEXT;
        EVEN:
        shr.u32 %r0, %r0, 1;
        NEXT:
        add.u32 %r1, %r1, 1;
        bra.uni LOOP;
        DONE:
        cvt.u64.u32 %d, %r1;
        """;
    long[] found = all(body, 0, 0, 0);
    for (int i = 0; i < found.length; i++) {
      int steps = 0;
      for (long n = i + 1L; n != 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) {
        steps++;
      }
      assertThat(found[i]).isEqualTo(steps);
    }
  }

  @Test
  void branchesThroughATable() {
    String body =
        """
        rem.u32 %r0, %r15, 3;
        TABLE: .branchtargets ZERO, ONE, TWO;
        brx.idx %r0, TABLE;
        ZERO: mov.b64 %d, 10; bra.uni END;
        ONE: mov.b64 %d, 20; bra.uni END;
        TWO: mov.b64 %d, 30;
        END:
        """;
    long[] found = all(body, 0, 0, 0);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(10L * (i % 3 + 1));
    }
  }
}
