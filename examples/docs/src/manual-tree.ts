import '@powerrag/exporter/register';
import { startObservation } from '@powerrag/tracing';

const turn = startObservation('turn', { input: 'Where is my parcel?' }, { asType: 'agent' });
turn.updateTrace({ sessionId: 'parcels-1' });

const tool = turn.startObservation('track-parcel', { input: { parcel: 'A17' } }, { asType: 'tool' });
tool.update({ output: { status: 'on its way' } }).end();

turn.startObservation('asked-twice', { metadata: { times: 2 } }, { asType: 'event' });
turn.update({ output: 'It is on its way.' }).end();
