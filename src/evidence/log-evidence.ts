import { type AttemptChain, commitmentTo, leafSalt } from '../proof/chain-start.ts';
import type { RedemptionContent, SealContent } from '../proof/formats.ts';
import { inclusionRanges } from '../proof/merkle.ts';
import type { LogStore } from './log/log-store.ts';

/** The place of an entry in the log, and the proof that it is there; hashes in base64url. */
interface Inclusion {
  leaf: number;
  proof: string[];
}

/** What the log says about one attempt. */
export interface LogEvidence {
  checkpoint: string;
  public_key: string;
  redemption: Inclusion;
  salt: string;
  seal: Inclusion;
}

/** Proves that the log has a redemption and a seal; undefined until a checkpoint that includes both is signed. */
export async function findLogEvidence(
  store: LogStore,
  chain: AttemptChain,
  redemption: RedemptionContent,
  seal: SealContent,
): Promise<LogEvidence | undefined> {
  const checkpoint = await store.findCheckpoint();
  const commitments = [redemption, seal].map((content) => commitmentTo(content, chain));
  const places = await store.placesOf(commitments);
  const [redeemed, sealed] = commitments.map((commitment) => places.get(commitment.toString('base64url')));
  if (!checkpoint || redeemed === undefined || sealed === undefined) return undefined;
  const { size, note, public_key } = checkpoint;
  if (Math.max(redeemed, sealed) >= size) return undefined;
  const prove = async (leaf: number): Promise<Inclusion> => {
    const hashes = await store.hashesOfRanges(inclusionRanges(leaf, size));
    return { leaf, proof: hashes.map((hash) => hash.toString('base64url')) };
  };
  return {
    checkpoint: note,
    public_key,
    redemption: await prove(redeemed),
    salt: leafSalt(chain.secret).toString('base64url'),
    seal: await prove(sealed),
  };
}
