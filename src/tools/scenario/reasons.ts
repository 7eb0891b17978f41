/** What the personas write, fit for any task. `{choice}` becomes the label of the selected option. */
export const REASONS = {
  stepByStep:
    'Firstly I compared what each option costs if it goes wrong, considering who would have to carry that cost. Secondly I asked how easily each decision could be taken back, because nobody knows all the facts yet. The boldest option promises most; however, it leaves no way back. The most careful one is safe, although it wastes time. Therefore I choose “{choice}”: it keeps the damage small and the next step open.',
  oneSentence: '“{choice}” moves us forward now, and the rest can be put right later.',
  backAndForth:
    'I went back and forth several times and tried each option on in my head. At first the middle way looked dull, then the bold one looked tempting, then the careful one looked sensible again. Each of them leaves something undone. In the end I came back to where I began and can live with that choice.',
  safeSide: 'I want to be on the safe side. “{choice}” is the option with the fewest surprises.',
  whatItCouldCost:
    'I spent most of my time on the boldest option, since it would solve the whole problem in one go. What it could cost if it fails is more than we can pay, and we would learn of it too late. I take the slower way and accept that some people will wait.',
  secondThoughts:
    'My first choice was the careful one, because I wanted no surprises. After a break I saw it differently: waiting has a price as well, although nobody sends a bill for it. On the other hand the bold way can be watched closely, and given that we would notice a problem within a day, the risk is one that we can carry. Therefore I changed to “{choice}”.',
} as const;
