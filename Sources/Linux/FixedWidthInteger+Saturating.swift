// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on numbers that come from outside: Swift's own operators end the program where a result does not fit.
extension FixedWidthInteger {
    /// The sum; where it does not fit, the nearest number that does.
    ///
    /// - Parameter other: What is added.
    /// - Returns: a number from `.min` to `.max`.
    public func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference; where it does not fit, the nearest number that does.
    ///
    /// - Parameter other: What is subtracted.
    /// - Returns: a number from `.min` to `.max`.
    public func subtractingSaturating(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }

    /// The product; where it does not fit, the nearest number that does.
    ///
    /// - Parameter other: The other factor.
    /// - Returns: a number from `.min` to `.max`.
    public func multipliedSaturating(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}
