package matcher

// OfferPlace is where a list of offers goes on.
type OfferPlace = offerPlace

// PlaceOf is the place of an offer.
func PlaceOf(o Offer) *OfferPlace { return &OfferPlace{o.State == offerLive, o.MadeAt, o.ID} }
