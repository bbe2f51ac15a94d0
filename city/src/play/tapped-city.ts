import { type CityProcess, freeBasePort, startCityProcess } from './city-process.ts';
import { type Tap, tapWire } from './tap.ts';

/** A city whose wires between platform and connectors are tapped. */
export type TappedCity = AsyncDisposable & { readonly city: CityProcess; wire(): Buffer };

const LISTEN_OFFSET = 100;
const CONNECTORS = 3;

/** Starts a city with a tap before each connector. */
export async function startTappedCity(about: { readonly residents: number }): Promise<TappedCity> {
  const basePort = await freeBasePort();
  const taps: Tap[] = [];
  for (let at = 1; at <= CONNECTORS; at++)
    taps.push(await tapWire({ listen: basePort + at, forward: basePort + at + LISTEN_OFFSET }));
  const close = async () => {
    await Promise.all(taps.map((tap) => tap[Symbol.asyncDispose]()));
  };
  try {
    const environment = { PRAYA_CONNECTOR_LISTEN_OFFSET: String(LISTEN_OFFSET) };
    const city = await startCityProcess({ residents: about.residents, basePort, environment });
    return {
      city,
      wire: () => Buffer.concat(taps.map((tap) => tap.recorded())),
      [Symbol.asyncDispose]: async () => {
        await city.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
