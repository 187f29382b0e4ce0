package main

import (
	"fmt"
	"math"
	"strings"
)

// point is an instance on the plot.
type point struct {
	name string
	x, y float64
}

// curve is a line of the plot.
type curve struct {
	label, colour string
	points        []point
}

// plot draws curves over two logarithmic axes, whose decades are ruled.
func plot(title, xLabel, yLabel string, curves []curve) string {
	const width, height, left, right, top, bottom = 720, 440, 70, 150, 40, 50
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, c := range curves {
		for _, p := range c.points {
			x0, x1 = min(x0, math.Floor(math.Log10(p.x))), max(x1, math.Ceil(math.Log10(p.x)))
			y0, y1 = min(y0, math.Floor(math.Log10(p.y))), max(y1, math.Ceil(math.Log10(p.y)))
		}
	}
	x := func(v float64) float64 { return left + (math.Log10(v)-x0)/(x1-x0)*(width-left-right) }
	y := func(v float64) float64 { return height - bottom - (math.Log10(v)-y0)/(y1-y0)*(height-top-bottom) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label=%q font-family="sans-serif" font-size="12">`+"\n", width, height, title)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><text x="%d" y="22" font-size="14">%s</text>`+"\n", width, height, left, title)
	for d := x0; d <= x1; d++ {
		at := x(math.Pow(10, d))
		fmt.Fprintf(&b, `<path d="M%.1f %d V%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", at, top, height-bottom, at, height-bottom+16, decade(d))
	}
	for d := y0; d <= y1; d++ {
		at := y(math.Pow(10, d))
		fmt.Fprintf(&b, `<path d="M%d %.1f H%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left, at, width-right, left-6, at+4, decade(d))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (left+width-right)/2, height-10, xLabel)
	fmt.Fprintf(&b, `<text transform="translate(16 %d) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (top+height-bottom)/2, yLabel)
	for _, c := range curves {
		var path strings.Builder
		for i, p := range c.points {
			if i == 0 {
				path.WriteString("M")
			} else {
				path.WriteString(" L")
			}
			fmt.Fprintf(&path, "%.1f %.1f", x(p.x), y(p.y))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill=%q><title>%s</title></circle>`+"\n", x(p.x), y(p.y), c.colour, p.name)
		}
		fmt.Fprintf(&b, `<path d=%q fill="none" stroke=%q stroke-width="1.5"/>`+"\n", path.String(), c.colour)
		last := c.points[len(c.points)-1]
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" fill=%q>%s</text>`+"\n", x(last.x)+8, y(last.y)+4, c.colour, c.label)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// decade writes a power of ten for people.
func decade(d float64) string {
	v := math.Pow(10, d)
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%gk", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}
