package fact

// A Fact knows its type and the aggregate whose order it keeps.
type Fact interface {
	// Type is "peakseat.<context>.<noun>.<past verb>.v1": the CloudEvents type and the subject it travels on.
	Type() string
	// Aggregate is the id of the thing it is about, as text; facts of one aggregate keep their order.
	Aggregate() string
}
